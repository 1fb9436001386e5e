namespace Prozchain.Shared;

/// <summary>Multiples of points of edwards25519.</summary>
internal static class EdwardsMultiples
{
    private const int Digits = 64, Columns = 32, Entries = 8;

    // Entry 8i + j is (j + 1) · 256^i · B.
    private static readonly AffinePoint[] s_base = BaseTable();

    /// <summary>a · B in constant time: 64 additions from a table, four doublings.</summary>
    public static EdwardsPoint OfBase(in Scalar25519 a)
    {
        Span<sbyte> digits = stackalloc sbyte[Digits];
        a.WriteDigits(digits, bits: 4);
        EdwardsPoint sum = EdwardsPoint.Identity;
        for (int i = 0; i < Columns; i++) sum += Select(s_base.AsSpan(i * Entries, Entries), digits[2 * i + 1]);
        sum = sum.Double(4);
        for (int i = 0; i < Columns; i++) sum += Select(s_base.AsSpan(i * Entries, Entries), digits[2 * i]);
        digits.Clear();
        return sum;
    }

    /// <summary>a · P in constant time.</summary>
    public static EdwardsPoint Of(in EdwardsPoint point, in Scalar25519 a)
    {
        Span<sbyte> digits = stackalloc sbyte[Digits];
        a.WriteDigits(digits, bits: 4);
        Span<CachedPoint> table = stackalloc CachedPoint[Entries];
        FillTable(point, table);
        EdwardsPoint sum = EdwardsPoint.Identity;
        for (int i = Digits - 1; i >= 0; i--) sum = sum.Double(4) + Select(table, digits[i]);
        digits.Clear();
        return sum;
    }

    /// <summary>a · P + b · B, for public numbers only: time and addresses depend on them.</summary>
    public static EdwardsPoint OfPublic(in EdwardsPoint point, in Scalar25519 a, in Scalar25519 b)
    {
        Span<sbyte> digits = stackalloc sbyte[2 * Digits], baseDigits = digits[Digits..];
        a.WriteDigits(digits, bits: 4);
        b.WriteDigits(baseDigits, bits: 4);
        Span<CachedPoint> table = stackalloc CachedPoint[Entries];
        FillTable(point, table);
        EdwardsPoint sum = EdwardsPoint.Identity;
        for (int i = Digits - 1; i >= 0; i--)
        {
            sum = sum.Double(4);
            if (digits[i] > 0) sum += table[digits[i] - 1];
            else if (digits[i] < 0) sum += -table[-digits[i] - 1];
            if (baseDigits[i] > 0) sum += s_base[baseDigits[i] - 1];
            else if (baseDigits[i] < 0) sum += -s_base[-baseDigits[i] - 1];
        }
        return sum;
    }

    private static void FillTable(in EdwardsPoint point, Span<CachedPoint> table)
    {
        EdwardsPoint multiple = point;
        table[0] = new CachedPoint(point);
        for (int i = 1; i < table.Length; i++)
        {
            multiple += table[0];
            table[i] = new CachedPoint(multiple);
        }
    }

    // Reads every entry, whichever is wanted: -8 to 8.
    private static AffinePoint Select(ReadOnlySpan<AffinePoint> table, sbyte digit)
    {
        (ulong isNegative, uint size) = Split(digit);
        AffinePoint entry = AffinePoint.Identity;
        for (int i = 0; i < table.Length; i++) entry = AffinePoint.Choose(IsEqual(size, (uint)i + 1), entry, table[i]);
        return AffinePoint.Choose(isNegative, entry, -entry);
    }

    private static CachedPoint Select(ReadOnlySpan<CachedPoint> table, sbyte digit)
    {
        (ulong isNegative, uint size) = Split(digit);
        CachedPoint entry = CachedPoint.Identity;
        for (int i = 0; i < table.Length; i++) entry = CachedPoint.Choose(IsEqual(size, (uint)i + 1), entry, table[i]);
        return CachedPoint.Choose(isNegative, entry, -entry);
    }

    private static (ulong IsNegative, uint Size) Split(sbyte digit)
    {
        int sign = digit >> 7;
        return ((ulong)(long)sign, (uint)((digit ^ sign) - sign));
    }

    // All ones if a = b, both below 2^31.
    private static ulong IsEqual(uint a, uint b) => 0 - ((((ulong)(a ^ b)) - 1) >> 63);

    private static AffinePoint[] BaseTable()
    {
        var points = new EdwardsPoint[Columns * Entries];
        EdwardsPoint first = EdwardsPoint.Base;
        for (int i = 0; i < Columns; i++)
        {
            var step = new CachedPoint(first);
            points[i * Entries] = first;
            for (int j = 1; j < Entries; j++) points[i * Entries + j] = points[i * Entries + j - 1] + step;
            first = first.Double(8);
        }
        // One inversion for all (Montgomery): products of the Z before each, then back.
        var before = new Fe25519[points.Length];
        Fe25519 product = Fe25519.One;
        for (int i = 0; i < points.Length; i++)
        {
            before[i] = product;
            product *= points[i].Z;
        }
        Fe25519 inverse = product.Invert();
        var table = new AffinePoint[points.Length];
        for (int i = points.Length - 1; i >= 0; i--)
        {
            Fe25519 ofZ = inverse * before[i];
            inverse *= points[i].Z;
            table[i] = new AffinePoint(points[i].X * ofZ, points[i].Y * ofZ);
        }
        return table;
    }
}
