using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Lanes of AVX2 or AVX-512 that take four products of bytes a step by VPMADDUBSW, twice what VPMADDWD does, and add them up
/// in shorts. That instruction saturates and shorts overflow; <see cref="ShortSums"/> arranges the weights so that neither
/// can happen.
/// </summary>
/// <typeparam name="TBase">The vectors.</typeparam>
/// <typeparam name="TSign">Whether activations have a sign.</typeparam>
internal readonly unsafe struct ByteLanes<TBase, TSign> : IDotLanes<ByteLanes<TBase, TSign>>
    where TBase : unmanaged, IDotLanes<TBase>
    where TSign : struct, IByteSign
{
    private readonly TBase _value;

    private ByteLanes(TBase value) => _value = value;

    public static int Count => TBase.Count;

    public static int StepDepth => 4;

    public static int ActivationOffset => TSign.Offset;

    /// <summary>Four vectors for each row, two of them of shorts; of 16 registers the sums of 32 bits then lie in memory.</summary>
    public static int TileRows => Avx512F.VL.IsSupported ? 6 : 4;

    public static bool SumsShorts => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes<TBase, TSign> Load(int* source) => new(TBase.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes<TBase, TSign> LoadBytes(sbyte* source) => new(TBase.Load((int*)source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes<TBase, TSign> Broadcast(int value) => new(TBase.Broadcast(value));

    /// <exception cref="NotSupportedException">Always: one step's products need not fit.</exception>
    public static ByteLanes<TBase, TSign> Dot(ByteLanes<TBase, TSign> sum, ByteLanes<TBase, TSign> activations, ByteLanes<TBase, TSign> weights) => throw new NotSupportedException();

    public static void AddInShorts<TColumns>(in ShortPanel panel, int* natural, int panelRows, int columns, int* tile)
        where TColumns : struct, IColumnKind => TBase.AddInShorts<TColumns>(panel, natural, panelRows, columns, tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(ByteLanes<TBase, TSign> value, int* destination) => TBase.Store(value._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(ByteLanes<TBase, TSign> even, ByteLanes<TBase, TSign> odd, int* destination) => TBase.StoreInterleaved(even._value, odd._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes<TBase, TSign> Add(ByteLanes<TBase, TSign> left, ByteLanes<TBase, TSign> right) => new(TBase.Add(left._value, right._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes<TBase, TSign> EvenHalves(ByteLanes<TBase, TSign> value) => new(TBase.EvenHalves(value._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ByteLanes<TBase, TSign> Requantise(
        ByteLanes<TBase, TSign> sum, ByteLanes<TBase, TSign> evenMultiplier, ByteLanes<TBase, TSign> oddMultiplier,
        ByteLanes<TBase, TSign> evenShift, ByteLanes<TBase, TSign> oddShift, ByteLanes<TBase, TSign> low, ByteLanes<TBase, TSign> high) =>
        new(TBase.Requantise(sum._value, evenMultiplier._value, oddMultiplier._value, evenShift._value, oddShift._value, low._value, high._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(ByteLanes<TBase, TSign> value, sbyte* destination) => TBase.StoreBytes(value._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(ByteLanes<TBase, TSign> first, ByteLanes<TBase, TSign> second, sbyte* destination) => TBase.StoreBytes(first._value, second._value, destination);

    public static bool RoundsShorts => TBase.RoundsShorts;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(
        ByteLanes<TBase, TSign> first, ByteLanes<TBase, TSign> second, ByteLanes<TBase, TSign> multiplier, ByteLanes<TBase, TSign> shift,
        ByteLanes<TBase, TSign> low, ByteLanes<TBase, TSign> high, ByteLanes<TBase, TSign> zero, sbyte* destination) =>
        TBase.StoreRounded(first._value, second._value, multiplier._value, shift._value, low._value, high._value, zero._value, destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(ByteLanes<TBase, TSign> value, short* destination) => TBase.StoreShorts(value._value, destination);
}
