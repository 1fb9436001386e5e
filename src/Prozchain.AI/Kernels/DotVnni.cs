using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>
/// 8 sums of AVX-VNNI; four products of unsigned by signed bytes by VPDPBUSD, which does not saturate (VPMADDUBSW would).
/// Activations are made unsigned by adding 128; 128 times the sum of a column's weights comes off again.
/// </summary>
internal readonly unsafe struct DotVnni : IDotLanes<DotVnni>
{
    private readonly Vector256<int> _value;

    private DotVnni(Vector256<int> value) => _value = value;

    public static bool IsSupported => AvxVnni.IsSupported;

    public static int Count => 8;

    public static int StepDepth => 4;

    public static int ActivationOffset => 128;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni Load(int* source) => new(Vector256.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni LoadBytes(sbyte* source) => new(Vector256.Load(source).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni Broadcast(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni Dot(DotVnni sum, DotVnni activations, DotVnni weights) =>
        new(AvxVnni.MultiplyWideningAndAdd(sum._value, activations._value.AsByte(), weights._value.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(DotVnni value, int* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(DotVnni even, DotVnni odd, int* destination) => Dot256.StoreInterleaved(even, odd, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni Add(DotVnni left, DotVnni right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni EvenHalves(DotVnni value) => Dot256.EvenHalves(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotVnni Requantise(DotVnni sum, DotVnni evenMultiplier, DotVnni oddMultiplier, DotVnni evenShift, DotVnni oddShift, DotVnni low, DotVnni high) =>
        Dot256.Requantise(sum, evenMultiplier, oddMultiplier, evenShift, oddShift, low, high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(DotVnni value, sbyte* destination) => Dot256.StoreBytes(value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(DotVnni first, DotVnni second, sbyte* destination) => Dot256.StoreBytes(first, second, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(DotVnni value, short* destination) => Dot256.StoreShorts(value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator Dot256(DotVnni value) => new(value._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static implicit operator DotVnni(Dot256 value) => new(value.Value);
}
