using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>
/// <see cref="ScaledSum"/> of bytes by AVX2. Multipliers within 16 bits make one VPMADDWD of each pair; wider ones are
/// multiplied in 64 bits. The quotients of both fit 32 bits.
/// </summary>
internal readonly unsafe struct ByteSumKernel : IPairKernel
{
    private readonly sbyte* _x;
    private readonly sbyte* _y;
    private readonly sbyte* _z;
    private readonly ScaledSum _sum;
    private readonly bool _isShort;

    public ByteSumKernel(sbyte* x, sbyte* y, sbyte* z, in ScaledSum sum)
    {
        _x = x;
        _y = y;
        _z = z;
        _sum = sum;
        _isShort = IsShort(sum);
    }

    /// <summary>Whether Z and the limits leave room in 32 bits, and the quotients fit: |x·Mx + y·My| ≤ 2^39.</summary>
    public static bool Takes(in ScaledSum sum) => Math.Abs((long)sum.Zero) <= 1 << 28 && (IsShort(sum) || sum.Shift >= 10);

    public void Run(int x, int y, int count)
    {
        int i = 0;
        for (; i + 8 <= count; i += 8) Eight(x + i, Avx2.ConvertToVector256Int32(_y + y + i));
        for (; i < count; i++) _z[x + i] = (sbyte)_sum.Apply(_x[x + i], _y[y + i]);
    }

    public void RunOne(int x, int y, int count)
    {
        int i = 0;
        Vector256<int> right = Vector256.Create((int)_y[y]);
        for (; i + 8 <= count; i += 8) Eight(x + i, right);
        for (; i < count; i++) _z[x + i] = (sbyte)_sum.Apply(_x[x + i], _y[y]);
    }

    /// <summary>Sums of |x·Mx + y·My| ≤ 2^23 and the half of 2^s fit 32 bits.</summary>
    private static bool IsShort(in ScaledSum sum) =>
        sum.Shift <= 30 && sum.MultiplierX == (short)sum.MultiplierX && sum.MultiplierY == (short)sum.MultiplierY;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Eight(int at, Vector256<int> right)
    {
        Vector256<int> left = Avx2.ConvertToVector256Int32(_x + at), quotient;
        if (_isShort)
        {
            Vector256<int> pairs = (left & Vector256.Create(0xFFFF)) | (right << 16);
            Vector256<int> multipliers = Vector256.Create((_sum.MultiplierX & 0xFFFF) | _sum.MultiplierY << 16);
            quotient = Avx2.MultiplyAddAdjacent(pairs.AsInt16(), multipliers.AsInt16()) + Vector256.Create(1 << (_sum.Shift - 1)) >> _sum.Shift;
        }
        else
        {
            Vector256<int> oddLeft = (left.AsUInt64() >> 32).AsInt32(), oddRight = (right.AsUInt64() >> 32).AsInt32();
            Vector256<long> even = Quotient(left, right), odd = Quotient(oddLeft, oddRight);
            quotient = Avx2.Blend(even.AsInt32(), (odd << 32).AsInt32(), 0xAA);
        }
        quotient = Vector256.Min(Vector256.Max(quotient, Vector256.Create(_sum.Low - _sum.Zero)), Vector256.Create(_sum.High - _sum.Zero));
        Dot256.StoreBytes(new Dot256(quotient + Vector256.Create(_sum.Zero)), _z + at);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<long> Quotient(Vector256<int> left, Vector256<int> right)
    {
        Vector256<long> sum = Avx2.Multiply(left, Vector256.Create(_sum.MultiplierX)) + Avx2.Multiply(right, Vector256.Create(_sum.MultiplierY));
        return Dot256.ShiftRight(sum + Vector256.Create(1L << (_sum.Shift - 1)), Vector256.Create((ulong)_sum.Shift));
    }
}
