namespace Prozchain.Shared;

/// <summary>A point in the form that additions want: Y + X, Y - X, Z and 2dT.</summary>
internal readonly struct CachedPoint
{
    public readonly Fe25519 YPlusX, YMinusX, Z, TwoDT;

    public CachedPoint(in EdwardsPoint p) : this(p.Y + p.X, p.Y - p.X, p.Z, p.T * EdwardsPoint.TwoD) { }

    private CachedPoint(in Fe25519 yPlusX, in Fe25519 yMinusX, in Fe25519 z, in Fe25519 twoDT) => (YPlusX, YMinusX, Z, TwoDT) = (yPlusX, yMinusX, z, twoDT);

    public static CachedPoint Identity => new(Fe25519.One, Fe25519.One, Fe25519.One, Fe25519.Zero);

    public static CachedPoint operator -(in CachedPoint p) => new(p.YMinusX, p.YPlusX, p.Z, -p.TwoDT);

    /// <summary><paramref name="b"/> where <paramref name="mask"/> is all ones, <paramref name="a"/> where it is zero.</summary>
    public static CachedPoint Choose(ulong mask, in CachedPoint a, in CachedPoint b) => new(
        Fe25519.Choose(mask, a.YPlusX, b.YPlusX), Fe25519.Choose(mask, a.YMinusX, b.YMinusX), Fe25519.Choose(mask, a.Z, b.Z), Fe25519.Choose(mask, a.TwoDT, b.TwoDT));
}
