using System.Runtime.CompilerServices;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Tests.Kernels;

/// <summary>Lanes of four-byte words in plain C#: what is packed for VPDPBUSD and SDOT is tested where neither runs.</summary>
internal unsafe struct EmulatedLanes<TKind> : IDotLanes<EmulatedLanes<TKind>>
    where TKind : struct, IEmulated
{
    private Eight _values;

    public static int Count => TKind.Count;

    public static int StepDepth => 4;

    public static int ActivationOffset => TKind.Offset;

    public static int TileRows => TKind.TileRows;

    public static EmulatedLanes<TKind> Load(int* source) => Each(i => source[i]);

    public static EmulatedLanes<TKind> LoadBytes(sbyte* source) => Each(i => ((int*)source)[i]);

    public static EmulatedLanes<TKind> Broadcast(int value) => Each(_ => value);

    public static EmulatedLanes<TKind> Dot(EmulatedLanes<TKind> sum, EmulatedLanes<TKind> activations, EmulatedLanes<TKind> weights)
    {
        for (int i = 0; i < Count; i++)
            for (int j = 0; j < 32; j += 8)
            {
                int activation = TKind.Offset > 0 ? (byte)(activations._values[i] >> j) : (sbyte)(activations._values[i] >> j);
                sum._values[i] += activation * (sbyte)(weights._values[i] >> j);
            }
        return sum;
    }

    public static void Store(EmulatedLanes<TKind> value, int* destination) => Each(i => destination[i] = value._values[i]);

    public static void StoreInterleaved(EmulatedLanes<TKind> even, EmulatedLanes<TKind> odd, int* destination) => throw new NotSupportedException();

    public static EmulatedLanes<TKind> Add(EmulatedLanes<TKind> left, EmulatedLanes<TKind> right) => Each(i => left._values[i] + right._values[i]);

    public static EmulatedLanes<TKind> EvenHalves(EmulatedLanes<TKind> value) => value;

    public static EmulatedLanes<TKind> Requantise(
        EmulatedLanes<TKind> sum, EmulatedLanes<TKind> evenMultiplier, EmulatedLanes<TKind> oddMultiplier,
        EmulatedLanes<TKind> evenShift, EmulatedLanes<TKind> oddShift, EmulatedLanes<TKind> low, EmulatedLanes<TKind> high) =>
        throw new NotSupportedException();

    public static void StoreBytes(EmulatedLanes<TKind> value, sbyte* destination) => throw new NotSupportedException();

    public static void StoreShorts(EmulatedLanes<TKind> value, short* destination) => throw new NotSupportedException();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static EmulatedLanes<TKind> Each(Func<int, int> value)
    {
        EmulatedLanes<TKind> lanes = default;
        for (int i = 0; i < Count; i++) lanes._values[i] = value(i);
        return lanes;
    }

    [InlineArray(8)]
    private struct Eight
    {
        private int _first;
    }
}
