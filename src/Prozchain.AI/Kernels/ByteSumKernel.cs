using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>
/// <see cref="ScaledSum"/> of bytes by AVX2, all in 32 bits. With multipliers H·2^16 + L, where L has 16 bits and a sign,
/// x·Mx + y·My + 2^(s-1) is 2^16·(h + 2^(s-17)) + l, h and l each one VPMADDWD of the pair (x, y); the floor of its quotient
/// by 2^s is that of h + 2^(s-17) + floor(l / 2^16) by 2^(s-16).
/// </summary>
internal readonly unsafe struct ByteSumKernel : IPairKernel
{
    private readonly sbyte* _x;
    private readonly sbyte* _y;
    private readonly sbyte* _z;
    private readonly ScaledSum _sum;
    private readonly int _high, _low, _shift;

    public ByteSumKernel(sbyte* x, sbyte* y, sbyte* z, in ScaledSum sum)
    {
        _x = x;
        _y = y;
        _z = z;
        _sum = sum;
        // A small shift grows together with the multipliers; the quotient stays.
        int grown = Growth(sum), multiplierX = sum.MultiplierX << grown, multiplierY = sum.MultiplierY << grown;
        _shift = sum.Shift + grown;
        _high = (int)High(multiplierX) & 0xFFFF | (int)High(multiplierY) << 16;
        _low = multiplierX & 0xFFFF | multiplierY << 16;
    }

    /// <summary>Whether H and all sums fit, and what is clamped fits 16 bits.</summary>
    public static bool Takes(in ScaledSum sum) =>
        sum.Shift <= 46 && IsShort(High((long)sum.MultiplierX << Growth(sum))) && IsShort(High((long)sum.MultiplierY << Growth(sum)))
        && sum.Low - (long)sum.Zero >= short.MinValue && sum.High - (long)sum.Zero <= short.MaxValue;

    public void Run(int x, int y, int count)
    {
        int i = 0;
        for (; i + 16 <= count; i += 16) Sixteen(x + i, Avx2.ConvertToVector256Int16(_y + y + i));
        for (; i < count; i++) _z[x + i] = (sbyte)_sum.Apply(_x[x + i], _y[y + i]);
    }

    public void RunOne(int x, int y, int count)
    {
        int i = 0;
        Vector256<short> right = Vector256.Create((short)_y[y]);
        for (; i + 16 <= count; i += 16) Sixteen(x + i, right);
        for (; i < count; i++) _z[x + i] = (sbyte)_sum.Apply(_x[x + i], _y[y]);
    }

    private static int Growth(in ScaledSum sum) => Math.Max(0, 17 - sum.Shift);

    private static long High(long multiplier) => multiplier - (short)multiplier >> 16;

    private static bool IsShort(long value) => value == (short)value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Sixteen(int at, Vector256<short> right)
    {
        Vector256<short> left = Avx2.ConvertToVector256Int16(_x + at);
        // Packing undoes what unpacking does within the halves.
        Vector256<short> quotients = Avx2.PackSignedSaturate(Quotient(Avx2.UnpackLow(left, right)), Quotient(Avx2.UnpackHigh(left, right)));
        quotients = Vector256.Min(Vector256.Max(quotients, Vector256.Create((short)(_sum.Low - _sum.Zero))), Vector256.Create((short)(_sum.High - _sum.Zero)));
        quotients += Vector256.Create((short)_sum.Zero);
        Sse2.PackSignedSaturate(quotients.GetLower(), quotients.GetUpper()).Store(_z + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<int> Quotient(Vector256<short> pairs)
    {
        Vector256<int> high = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(_high).AsInt16()), low = Avx2.MultiplyAddAdjacent(pairs, Vector256.Create(_low).AsInt16());
        return (high + (low >> 16) + Vector256.Create(1 << (_shift - 17))) >> (_shift - 16);
    }
}
