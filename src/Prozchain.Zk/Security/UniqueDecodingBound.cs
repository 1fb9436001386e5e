namespace Prozchain.Zk.Security;

/// <summary>
/// Half the distance. Exceptional challenges: n for each degree of the curve, [BCIKS20] Theorems 4.1 and 6.1. [BCHKS25] Theorem
/// 1.3 counts γn + 1, but for a conclusion at a larger radius than the premise; it is not used.
/// </summary>
internal sealed class UniqueDecodingBound : ProximityBound
{
    public static UniqueDecodingBound Instance { get; } = new();

    public override ProximityRegime Regime => ProximityRegime.UniqueDecoding;

    public override string ExceptionalFormula => "n";

    public override string AgreementFormula => "α = (1 + ρ⁺)/2, ρ⁺ = (k + points)/n";

    public override string Source => "BCIKS20 (eprint 2020/654) Theorems 4.1, 6.1";

    public override double Log2Agreement(int logDimension, int logBlowup, int points) =>
        Math.Log2((1 + RaisedRate(logDimension, logBlowup, points)) / 2);

    public override double Log2ListSize(int logBlowup) => 0;

    public override double Log2Exceptional(int logDimension, int logBlowup) => logDimension + logBlowup;
}
