namespace Prozchain.Shared;

/// <summary>A point with Z = 1 in the form that additions want: y + x, y - x and 2dxy.</summary>
internal readonly struct AffinePoint
{
    public readonly Fe25519 YPlusX, YMinusX, TwoDXY;

    public AffinePoint(in Fe25519 x, in Fe25519 y) : this(y + x, y - x, x * y * EdwardsPoint.TwoD) { }

    private AffinePoint(in Fe25519 yPlusX, in Fe25519 yMinusX, in Fe25519 twoDXY) => (YPlusX, YMinusX, TwoDXY) = (yPlusX, yMinusX, twoDXY);

    /// <summary>Words of a packed point, the last of which is not used: three field elements of five words.</summary>
    public const int PackedWords = 16;

    public static AffinePoint Unpack(ReadOnlySpan<ulong> words) => new(Fe25519.Unpack(words), Fe25519.Unpack(words[5..]), Fe25519.Unpack(words[10..]));

    public void Pack(Span<ulong> words)
    {
        YPlusX.Pack(words);
        YMinusX.Pack(words[5..]);
        TwoDXY.Pack(words[10..]);
    }

    public static AffinePoint Identity => new(Fe25519.One, Fe25519.One, Fe25519.Zero);

    public static AffinePoint operator -(in AffinePoint p) => new(p.YMinusX, p.YPlusX, -p.TwoDXY);

    /// <summary><paramref name="b"/> where <paramref name="mask"/> is all ones, <paramref name="a"/> where it is zero.</summary>
    public static AffinePoint Choose(ulong mask, in AffinePoint a, in AffinePoint b) => new(
        Fe25519.Choose(mask, a.YPlusX, b.YPlusX), Fe25519.Choose(mask, a.YMinusX, b.YMinusX), Fe25519.Choose(mask, a.TwoDXY, b.TwoDXY));
}
