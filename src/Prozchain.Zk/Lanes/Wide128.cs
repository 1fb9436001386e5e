using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Zk.Lanes;

/// <summary>Two lanes of 64 bits, by SSE2 or by whatever 128-bit vectors the machine has.</summary>
internal struct Wide128 : IWideLanes<Wide128>
{
    private Vector128<ulong> _lanes;

    public static int Count => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Load(ref ulong source) => new() { _lanes = Vector128.LoadUnsafe(ref source) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Wide128 value, ref ulong destination) => value._lanes.StoreUnsafe(ref destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 Create(ulong value) => new() { _lanes = Vector128.Create(value) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator +(Wide128 left, Wide128 right) => new() { _lanes = left._lanes + right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 operator -(Wide128 left, Wide128 right) => new() { _lanes = left._lanes - right._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 IfLess(Wide128 left, Wide128 right, Wide128 value) => new() { _lanes = Vector128.LessThan(left._lanes, right._lanes) & value._lanes };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 MultiplyLow(Wide128 left, Wide128 right) => new() { _lanes = Sse2.IsSupported ? Sse2.Multiply(left._lanes.AsUInt32(), right._lanes.AsUInt32()) : (left._lanes & Vector128.Create(0xFFFF_FFFFUL)) * (right._lanes & Vector128.Create(0xFFFF_FFFFUL)) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 LowHalves(Wide128 value) => new() { _lanes = value._lanes & Vector128.Create(0xFFFF_FFFFUL) };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 HighHalves(Wide128 value) => new() { _lanes = value._lanes >>> 32 };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide128 ShiftUp(Wide128 value) => new() { _lanes = value._lanes << 32 };

    public static void Transpose(ref ulong source, ref nint offsets, ref ulong destination)
    {
        for (int row = 0; row < Count; row++)
        {
            ref ulong from = ref Unsafe.Add(ref source, Unsafe.Add(ref offsets, row));
            for (int column = 0; column < Count; column++) Unsafe.Add(ref destination, column * Count + row) = Unsafe.Add(ref from, column);
        }
    }
}
