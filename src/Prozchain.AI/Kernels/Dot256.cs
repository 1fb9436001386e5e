using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>8 sums of AVX2; pairs of shorts by VPMADDWD.</summary>
internal readonly unsafe struct Dot256 : IDotLanes<Dot256>
{
    private readonly Vector256<int> _value;

    internal Dot256(Vector256<int> value) => _value = value;

    internal Vector256<int> Value => _value;

    public static bool IsSupported => Avx2.IsSupported;

    public static int Count => 8;

    public static int StepDepth => 2;

    public static int ActivationOffset => 0;

    public static int TileRows => Avx512F.VL.IsSupported ? 12 : 6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Load(int* source) => new(*(Vector256<int>*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 LoadBytes(sbyte* source) => new(Avx2.ConvertToVector256Int16(source).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Broadcast(int value) => new(Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Dot(Dot256 sum, Dot256 activations, Dot256 weights) =>
        new(sum._value + Avx2.MultiplyAddAdjacent(activations._value.AsInt16(), weights._value.AsInt16()));

    public static void AddInShorts<TColumns>(in ShortPanel panel, int* natural, int panelRows, int columns, int* tile)
        where TColumns : struct, IColumnKind => ShortTile<Short256, Vector256<int>, TColumns>.Run(panel, natural, panelRows, columns, tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Dot256 value, int* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(Dot256 even, Dot256 odd, int* destination)
    {
        Vector256<int> low = Avx2.UnpackLow(even._value, odd._value), high = Avx2.UnpackHigh(even._value, odd._value);
        Avx2.Permute2x128(low, high, 0x20).Store(destination);
        Avx2.Permute2x128(low, high, 0x31).Store(destination + Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Add(Dot256 left, Dot256 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 EvenHalves(Dot256 value) => new((value._value.AsUInt64() & Vector256.Create(0xFFFF_FFFFUL)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot256 Requantise(Dot256 sum, Dot256 evenMultiplier, Dot256 oddMultiplier, Dot256 evenShift, Dot256 oddShift, Dot256 low, Dot256 high)
    {
        Vector256<long> even = Avx2.Multiply(sum._value, evenMultiplier._value);
        Vector256<long> odd = Avx2.Multiply((sum._value.AsUInt64() >> 32).AsInt32(), oddMultiplier._value);
        even = ShiftRight(even, evenShift._value.AsUInt64());
        odd = ShiftRight(odd, oddShift._value.AsUInt64());
        Vector256<int> quotient = Avx2.Blend(even.AsInt32(), (odd << 32).AsInt32(), 0xAA);
        return new(Vector256.Min(Vector256.Max((quotient + Vector256<int>.One) >> 1, low._value), high._value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Dot256 value, sbyte* destination)
    {
        Vector128<short> shorts = Vector128.Narrow(value._value.GetLower(), value._value.GetUpper());
        *(ulong*)destination = Vector128.Narrow(shorts, shorts).AsUInt64().ToScalar();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Dot256 first, Dot256 second, sbyte* destination)
    {
        Vector256<short> shorts = Avx2.Permute4x64(Avx2.PackSignedSaturate(first._value, second._value).AsInt64(), 0xD8).AsInt16();
        Sse2.PackSignedSaturate(shorts.GetLower(), shorts.GetUpper()).Store(destination);
    }

    public static bool RoundsShorts => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Dot256 first, Dot256 second, Dot256 multiplier, Dot256 shift, Dot256 low, Dot256 high, Dot256 zero, sbyte* destination)
    {
        Vector256<short> shorts = Avx2.PackSignedSaturate(Quotient(first._value, multiplier._value, shift._value), Quotient(second._value, multiplier._value, shift._value));
        shorts = Avx2.AddSaturate(shorts, Vector256<short>.One) >> 1;
        shorts = Avx2.Min(Avx2.Max(shorts, low._value.AsInt16()), high._value.AsInt16()) + zero._value.AsInt16();
        shorts = Avx2.Permute4x64(shorts.AsInt64(), 0xD8).AsInt16();
        Sse2.PackSignedSaturate(shorts.GetLower(), shorts.GetUpper()).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Quotient(Vector256<int> sum, Vector256<int> multiplier, Vector256<int> shift)
    {
        Vector256<long> even = Avx2.Multiply(sum, multiplier), odd = Avx2.Multiply((sum.AsUInt64() >> 32).AsInt32(), multiplier);
        return Avx2.ShiftRightArithmeticVariable(Avx2.Blend((even.AsUInt64() >> 32).AsInt32(), odd.AsInt32(), 0xAA), shift.AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Dot256 value, short* destination) => Vector128.Narrow(value._value.GetLower(), value._value.GetUpper()).Store(destination);

    /// <summary>An arithmetic shift of 64 bits, which AVX2 lacks: shift x + 2^63 logically and take what 2^63 became away.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<long> ShiftRight(Vector256<long> value, Vector256<ulong> count)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.ShiftRightArithmeticVariable(value, count);
        Vector256<ulong> sign = Vector256.Create(1UL << 63);
        return (Avx2.ShiftRightLogicalVariable(value.AsUInt64() ^ sign, count) - Avx2.ShiftRightLogicalVariable(sign, count)).AsInt64();
    }
}
