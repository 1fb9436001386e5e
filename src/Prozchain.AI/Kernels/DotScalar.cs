using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>One sum without vector instructions, in the same order of work as the others.</summary>
internal readonly unsafe struct DotScalar : IDotLanes<DotScalar>
{
    private readonly int _value;

    private DotScalar(int value) => _value = value;

    public static int Count => 1;

    public static int StepDepth => 2;

    public static int ActivationOffset => 0;

    public static int TileRows => 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar Load(int* source) => new(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar LoadBytes(sbyte* source) => new((ushort)(short)source[0] | source[1] << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar Broadcast(int value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar Dot(DotScalar sum, DotScalar activations, DotScalar weights) =>
        new(sum._value + (short)activations._value * (short)weights._value + (activations._value >> 16) * (weights._value >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(DotScalar value, int* destination) => *destination = value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(DotScalar even, DotScalar odd, int* destination) => (destination[0], destination[1]) = (even._value, odd._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar Add(DotScalar left, DotScalar right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar EvenHalves(DotScalar value) => value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotScalar Requantise(
        DotScalar sum, DotScalar evenMultiplier, DotScalar oddMultiplier, DotScalar evenShift, DotScalar oddShift, DotScalar low, DotScalar high) =>
        new(Math.Clamp(((int)((long)sum._value * evenMultiplier._value >> evenShift._value) + 1) >> 1, low._value, high._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(DotScalar value, sbyte* destination) => *destination = (sbyte)value._value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(DotScalar value, short* destination) => *destination = (short)value._value;
}
