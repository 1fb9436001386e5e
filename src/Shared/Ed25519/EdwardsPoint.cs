namespace Prozchain.Shared;

/// <summary>
/// A point of edwards25519, -x² + y² = 1 + d x² y², in extended coordinates: x = X/Z, y = Y/Z, T = XY/Z (Hisil, Wong,
/// Carter, Dawson, eprint 2008/522). The formulas hold for every pair of points and branch on none.
/// </summary>
internal readonly struct EdwardsPoint
{
    public const int Size = 32;

    public readonly Fe25519 X, Y, Z, T;

    public EdwardsPoint(in Fe25519 x, in Fe25519 y, in Fe25519 z, in Fe25519 t) => (X, Y, Z, T) = (x, y, z, t);

    public EdwardsPoint(in Fe25519 x, in Fe25519 y) : this(x, y, Fe25519.One, x * y) { }

    public static EdwardsPoint Identity => new(Fe25519.Zero, Fe25519.One, Fe25519.One, Fe25519.Zero);

    /// <summary>The generator B of order L: y = 4/5 and x even.</summary>
    public static EdwardsPoint Base { get; } = new(
        new(0x62D608F25D51A, 0x412A4B4F6592A, 0x75B7171A4B31D, 0x1FF60527118FE, 0x216936D3CD6E5),
        new(0x6666666666658, 0x4CCCCCCCCCCCC, 0x1999999999999, 0x3333333333333, 0x6666666666666));

    public static Fe25519 D => new(0x34DCA135978A3, 0x1A8283B156EBD, 0x5E7A26001C029, 0x739C663A03CBB, 0x52036CEE2B6FF);

    public static Fe25519 TwoD => new(0x69B9426B2F159, 0x35050762ADD7A, 0x3CF44C0038052, 0x6738CC7407977, 0x2406D9DC56DFF);

    /// <summary>
    /// Decodes 32 bytes (RFC 8032, section 5.1.3): refuses y from p on, a y without an x, and a set sign bit where x is
    /// 0. What it accepts, <see cref="Write"/> writes again as it was. Not constant-time.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out EdwardsPoint point)
    {
        point = Identity;
        if (bytes.Length != Size || !Fe25519.IsCanonical(bytes)) return false;
        Fe25519 y = Fe25519.Read(bytes), square = y.Square();
        if (!Fe25519.TrySqrtRatio(square - Fe25519.One, square * D + Fe25519.One, out Fe25519 x)) return false;
        bool isOdd = bytes[31] >= 0x80;
        if (isOdd && x.IsZero()) return false;
        if (x.IsOdd() != isOdd) x = -x * Fe25519.One;
        point = new EdwardsPoint(x, y);
        return true;
    }

    /// <summary>Writes 32 bytes: y, with the sign of x in the top bit.</summary>
    public void Write(Span<byte> bytes)
    {
        Fe25519 inverse = Z.Invert();
        (Y * inverse).Write(bytes);
        bytes[31] |= (X * inverse).IsOdd() ? (byte)0x80 : (byte)0;
    }

    public static EdwardsPoint operator -(in EdwardsPoint p) => new(-p.X * Fe25519.One, p.Y, p.Z, -p.T * Fe25519.One);

    public static EdwardsPoint operator +(in EdwardsPoint p, in CachedPoint q) =>
        Sum((p.Y - p.X) * q.YMinusX, (p.Y + p.X) * q.YPlusX, p.T * q.TwoDT, p.Z * q.Z);

    public static EdwardsPoint operator +(in EdwardsPoint p, in AffinePoint q) =>
        Sum((p.Y - p.X) * q.YMinusX, (p.Y + p.X) * q.YPlusX, p.T * q.TwoDXY, p.Z);

    public static EdwardsPoint operator +(in EdwardsPoint p, in EdwardsPoint q) => p + new CachedPoint(q);

    public static EdwardsPoint operator -(in EdwardsPoint p, in EdwardsPoint q) => p + -new CachedPoint(q);

    /// <summary>2^<paramref name="times"/> times the point; at least once. T is made the last time only.</summary>
    public EdwardsPoint Double(int times = 1)
    {
        (Fe25519 x, Fe25519 y, Fe25519 z) = (X, Y, Z);
        for (; ; )
        {
            Fe25519 xx = x.Square(), yy = y.Square(), zz = z.Square();
            Fe25519 h = yy + xx, g = yy - xx, e = (x + y).Square() - h, f = zz + zz + xx - yy;
            (x, y, z) = (e * f, h * g, g * f);
            if (--times == 0) return new(x, y, z, e * h);
        }
    }

    /// <summary>Eight times the point: what is left is of the order L or the identity.</summary>
    public EdwardsPoint MultiplyByCofactor() => Double(3);

    public bool IsIdentity() => X.IsZero() && (Y - Z).IsZero();

    private static EdwardsPoint Sum(in Fe25519 a, in Fe25519 b, in Fe25519 c, in Fe25519 zz)
    {
        Fe25519 d = zz + zz, e = b - a, h = b + a, f = d - c, g = d + c;
        return new(e * f, g * h, g * f, e * h);
    }
}
