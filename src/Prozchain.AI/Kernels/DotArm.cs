using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Prozchain.AI.Kernels;

/// <summary>4 sums of Arm's dot product extension; four products of signed bytes by SDOT. Ran under emulation of aarch64 (eng/arm64.sh), never on Arm hardware.</summary>
internal readonly unsafe struct DotArm : IDotLanes<DotArm>
{
    private readonly Vector128<int> _value;

    private DotArm(Vector128<int> value) => _value = value;

    public static bool IsSupported => Dp.IsSupported;

    public static int Count => 4;

    public static int StepDepth => 4;

    public static int ActivationOffset => 0;

    public static int TileRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Load(int* source) => new(Vector128.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm LoadBytes(sbyte* source) => new(Vector128.Load(source).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Broadcast(int value) => new(Vector128.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Dot(DotArm sum, DotArm activations, DotArm weights) =>
        new(Dp.DotProduct(sum._value, activations._value.AsSByte(), weights._value.AsSByte()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(DotArm value, int* destination) => value._value.Store(destination);

    public static void StoreInterleaved(DotArm even, DotArm odd, int* destination)
    {
        for (int i = 0; i < Count; i++) (destination[2 * i], destination[2 * i + 1]) = (even._value[i], odd._value[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DotArm Add(DotArm left, DotArm right) => new(left._value + right._value);

    public static DotArm EvenHalves(DotArm value) => new((value._value.AsUInt64() & Vector128.Create(0xFFFF_FFFFUL)).AsInt32());

    public static DotArm Requantise(DotArm sum, DotArm evenMultiplier, DotArm oddMultiplier, DotArm evenShift, DotArm oddShift, DotArm low, DotArm high)
    {
        Vector128<int> result = default;
        for (int i = 0; i < Count; i++)
        {
            (DotArm multiplier, DotArm shift) = i % 2 == 0 ? (evenMultiplier, evenShift) : (oddMultiplier, oddShift);
            int quotient = (int)((long)sum._value[i] * multiplier._value[i & ~1] >> shift._value[i & ~1]);
            result = result.WithElement(i, Math.Clamp((quotient + 1) >> 1, low._value[i], high._value[i]));
        }
        return new(result);
    }

    public static void StoreBytes(DotArm value, sbyte* destination)
    {
        for (int i = 0; i < Count; i++) destination[i] = (sbyte)value._value[i];
    }

    public static void StoreShorts(DotArm value, short* destination)
    {
        for (int i = 0; i < Count; i++) destination[i] = (short)value._value[i];
    }
}
