namespace Prozchain.Zk.Security;

/// <summary>
/// The Johnson regime with multiplicity m. With M = m + 1/2: exceptional challenges (2M⁵ + 3Mγρ)n / (3ρ^1.5) + M/√ρ for each
/// degree of the curve at agreement √ρ (1 + 1/(2m)), [BCHKS25] Theorems 1.5 and 4.2, as mutual correlated agreement Theorem 4.6;
/// list size M/√ρ by Guruswami and Sudan.
/// </summary>
/// <remarks>
/// γ is charged as 1. The rate is charged as (k - 1)/n where it divides and as (k + points)/n where it gives the agreement: the
/// papers differ by one in their k, and this covers both.
/// </remarks>
internal sealed class JohnsonBound : ProximityBound
{
    public const int MinMultiplicity = 3;
    public const int MaxMultiplicity = 1000;

    private readonly double _shifted;

    public JohnsonBound(int multiplicity)
    {
        Multiplicity = multiplicity;
        _shifted = multiplicity + 0.5;
    }

    public override ProximityRegime Regime => ProximityRegime.Johnson;

    public override int Multiplicity { get; }

    public override string ExceptionalFormula => $"(2M⁵ + 3Mρ)n/(3ρ^1.5) + M/√ρ, M = {Multiplicity}.5";

    public override string AgreementFormula => $"α = √ρ⁺·(1 + 1/(2·{Multiplicity})), ρ⁺ = (k + points)/n";

    public override string Source => "BCHKS25 (eprint 2025/2055) Theorems 1.5, 4.2, 4.6";

    public override double Log2Agreement(int logDimension, int logBlowup, int points) =>
        0.5 * Math.Log2(RaisedRate(logDimension, logBlowup, points)) + Math.Log2(1 + 0.5 / Multiplicity);

    public override double Log2ListSize(int logBlowup) => Math.Log2(_shifted) + 0.5 * logBlowup;

    public override double Log2Exceptional(int logDimension, int logBlowup)
    {
        double n = Math.ScaleB(1, logDimension + logBlowup);

        // Constants: each pair of positions whose values differ agrees for as many challenges as the curve has degree.
        if (logDimension == 0) return Math.Log2(Math.Max(1, n * (n - 1) / 2));
        double rate = (Math.ScaleB(1, logDimension) - 1) / n, root = Math.Sqrt(rate);
        double fifth = _shifted * _shifted * _shifted * _shifted * _shifted;
        return Math.Log2((2 * fifth + 3 * _shifted * rate) * n / (3 * rate * root) + _shifted / root);
    }
}
