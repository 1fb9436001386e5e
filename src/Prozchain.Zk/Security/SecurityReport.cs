using System.Globalization;
using System.Text;

namespace Prozchain.Zk.Security;

/// <summary>
/// What is proven of a set of parameters, round by round. By the Fiat-Shamir transform of a protocol with round-by-round knowledge
/// soundness, a prover with T hash evaluations convinces the verifier without knowing a witness with probability at most about
/// T·2^-b plus T²·2^-d for digests of d bits, where b is the least of the rounds: so the least figure is what the parameters prove,
/// as soundness and as knowledge soundness alike.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class SecurityReport
{
    internal SecurityReport(ProtocolNumbers numbers, ProximityBound bound, string parameters)
    {
        Regime = bound.Regime;
        Multiplicity = bound.Multiplicity;
        BatchSize = numbers.BatchSize;
        Rounds = Array.AsReadOnly(new SoundnessModel(numbers, bound).Rounds());
        BindingRound = Rounds.MinBy(round => round.Bits)!;
        ConjecturedBits = ConjecturedModel.Bits(numbers);
        Parameters = parameters;
    }

    /// <summary>The radius within which the argument decodes.</summary>
    public ProximityRegime Regime { get; }

    /// <summary>The multiplicity m of the Johnson regime, else 0.</summary>
    public int Multiplicity { get; }

    /// <summary>Opened pairs of column and point that are combined for the low-degree test.</summary>
    public long BatchSize { get; }

    /// <summary>Every round that is counted, in the order of the protocol; the collision of digests last.</summary>
    public IReadOnlyList<SecurityRound> Rounds { get; }

    /// <summary>The round that proves least.</summary>
    public SecurityRound BindingRound { get; }

    /// <summary>What is proven, in bits, rounded down.</summary>
    public double ProvenBits => BindingRound.Bits;

    /// <summary>
    /// What an unproven conjecture would give (random words up to capacity, eprint 2025/2010). For comparison with figures that
    /// others print; nothing is chosen by it.
    /// </summary>
    public double ConjecturedBits { get; }

    private string Parameters { get; }

    /// <summary>A table for people, one round a line.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Math.Floor(ProvenBits):F0} bits proven ({ProvenBits:F2}), binding round: {BindingRound.Name}; {Math.Floor(ConjecturedBits):F0} bits conjectured (never used)");
        text.AppendLine(Parameters);
        text.AppendLine(CultureInfo.InvariantCulture, $"regime {Regime}{(Multiplicity > 0 ? $", m = {Multiplicity}" : "")}; {BatchSize} columns and points batched");
        foreach (SecurityRound round in Rounds)
        {
            string ground = round.GrindingBits > 0 ? $" of them {round.GrindingBits} ground" : "";
            text.AppendLine(CultureInfo.InvariantCulture, $"  {round.Bits,7:F2} bits{ground,-15}  {round.Name,-31} {round.Formula}  [{round.Source}]");
        }
        return text.ToString();
    }
}
