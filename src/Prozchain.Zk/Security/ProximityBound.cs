namespace Prozchain.Zk.Security;

/// <summary>
/// What is proven of Reed-Solomon codes within one radius: the agreement with a codeword that an accepted word has, how many
/// codewords agree so much, and how many challenges combine bad words into a good one (mutual correlated agreement).
/// A code has dimension 2^logDimension and length 2^(logDimension + logBlowup).
/// </summary>
internal abstract class ProximityBound
{
    public abstract ProximityRegime Regime { get; }

    /// <summary>The multiplicity m of the Johnson regime, else 0.</summary>
    public virtual int Multiplicity => 0;

    /// <summary>log2 of the share α of positions that agree. Opening <paramref name="points"/> points adds so much to the degree.</summary>
    public abstract double Log2Agreement(int logDimension, int logBlowup, int points);

    /// <summary>log2 of the most codewords that agree on a share α.</summary>
    public abstract double Log2ListSize(int logBlowup);

    /// <summary>log2 of the number of exceptional challenges for a line; a curve of degree d has at most d times as many.</summary>
    public abstract double Log2Exceptional(int logDimension, int logBlowup);

    public abstract string ExceptionalFormula { get; }

    public abstract string AgreementFormula { get; }

    public abstract string Source { get; }

    public static ProximityBound Of(ProximityRegime regime, int multiplicity) =>
        regime == ProximityRegime.Johnson ? new JohnsonBound(multiplicity) : UniqueDecodingBound.Instance;

    protected static double RaisedRate(int logDimension, int logBlowup, int points) =>
        (Math.ScaleB(1, logDimension) + points) / Math.ScaleB(1, logDimension + logBlowup);
}
