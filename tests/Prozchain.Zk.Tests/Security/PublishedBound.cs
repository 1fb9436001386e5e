using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

/// <summary>
/// The conventions of the published calculators, under which their figures must come out of our formulas: the rate is k/n
/// throughout, the Johnson radius is 1 - √ρ - η with a list of 1/(2η√ρ), and half the distance has γn + 1 exceptional challenges.
/// </summary>
internal sealed class PublishedBound(ProximityRegime regime, double eta, int multiplicity) : ProximityBound
{
    public static PublishedBound Unique { get; } = new(ProximityRegime.UniqueDecoding, 0, 0);

    public override ProximityRegime Regime => regime;

    public override int Multiplicity => multiplicity;

    public override string ExceptionalFormula => "published";

    public override string AgreementFormula => "published";

    public override string Source => "published";

    /// <summary>
    /// The Johnson regime with a gap η, from which the multiplicity follows: √ρ/(2η), or √ρ/η as [BCHKS25] Theorem 4.2 prints it,
    /// which its authors call a typing error. Reports of before that correction have the latter.
    /// </summary>
    public static PublishedBound Johnson(double rate, double eta, bool asPrinted) =>
        new(ProximityRegime.Johnson, eta, Math.Max(3, (int)Math.Ceiling(Math.Sqrt(rate) / (asPrinted ? eta : 2 * eta))));

    public override double Log2Agreement(int logDimension, int logBlowup, int points)
    {
        double rate = Math.ScaleB(1, -logBlowup);
        return regime == ProximityRegime.Johnson ? Math.Log2(Math.Sqrt(rate) + eta) : Math.Log2((1 + rate) / 2);
    }

    public override double Log2ListSize(int logBlowup) =>
        regime == ProximityRegime.Johnson ? -Math.Log2(2 * eta * Math.Sqrt(Math.ScaleB(1, -logBlowup))) : 0;

    public override double Log2Exceptional(int logDimension, int logBlowup)
    {
        double rate = Math.ScaleB(1, -logBlowup), n = Math.ScaleB(1, logDimension + logBlowup);
        if (regime == ProximityRegime.UniqueDecoding) return Math.Log2((1 - rate) / 2 * n + 1);
        double m = multiplicity + 0.5, gamma = 1 - Math.Sqrt(rate) - eta;
        return Math.Log2((2 * Math.Pow(m, 5) + 3 * m * gamma * rate) * n / (3 * rate * Math.Sqrt(rate)) + m / Math.Sqrt(rate));
    }
}
