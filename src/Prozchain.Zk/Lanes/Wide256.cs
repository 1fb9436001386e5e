using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Zk.Lanes;

/// <summary>Four lanes of 64 bits, by AVX2.</summary>
internal struct Wide256 : IWideLanes<Wide256>
{
    private Vector256<ulong> _lanes;

    public static int Count => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Load(ref ulong source) => new() { _lanes = Vector256.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide256 value, ref ulong destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 Create(ulong value) => new() { _lanes = Vector256.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 operator +(Wide256 left, Wide256 right) => new() { _lanes = left._lanes + right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 operator -(Wide256 left, Wide256 right) => new() { _lanes = left._lanes - right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 IfLess(Wide256 left, Wide256 right, Wide256 value) => new() { _lanes = Vector256.LessThan(left._lanes, right._lanes) & value._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 MultiplyLow(Wide256 left, Wide256 right) => new() { _lanes = Avx2.Multiply(left._lanes.AsUInt32(), right._lanes.AsUInt32()) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 LowHalves(Wide256 value) => new() { _lanes = value._lanes & Vector256.Create(0xFFFF_FFFFUL) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 HighHalves(Wide256 value) => new() { _lanes = value._lanes >>> 32 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide256 ShiftUp(Wide256 value) => new() { _lanes = value._lanes << 32 };

    public static void Transpose(ref ulong source, ref nint offsets, ref ulong destination)
    {
        for (int row = 0; row < Count; row++)
        {
            ref ulong from = ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row));
            for (int column = 0; column < Count; column++) Unsafe.Add(ref destination, column * Count + row) = Unsafe.Add(ref from, column);
        }
    }
}
