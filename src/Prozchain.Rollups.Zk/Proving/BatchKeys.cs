using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The keys of the proofs of a rollup's batches: made once a process, since rollups differ in the least exponent of plain rows alone.</summary>
/// <param name="Tree">Of the state's tree.</param>
/// <param name="Segment">Of each segment.</param>
internal sealed record BatchKeys(ProofKey Tree, ProofKey Segment)
{
    /// <summary>The keys.</summary>
    /// <param name="exponent">The least exponent of plain rows, 0 to 24.</param>
    /// <typeparam name="TCells">The permutation.</typeparam>
    public static BatchKeys Of<TCells>(int exponent) where TCells : struct, IPermutationCells<F> => Made<TCells>.ByExponent[exponent].Value;

    private static class Made<TCells> where TCells : struct, IPermutationCells<F>
    {
        private const int MostExponent = 24;

        private static readonly Lazy<ProofKey> s_tree = new(static () => Of(BatchCircuit<TCells>.TreeAirs(), 0));

        public static Lazy<BatchKeys>[] ByExponent { get; } =
            [.. Enumerable.Range(0, MostExponent + 1).Select(static exponent => new Lazy<BatchKeys>(() => new(s_tree.Value, Of(BatchCircuit<TCells>.SegmentAirs(exponent), BatchCircuit<TCells>.MostMessages))))];

        private static ProofKey Of(IAir[] airs, int messages) => new(BatchCircuit<TCells>.Key(airs, messages), airs);
    }
}
