using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>16 sums of AVX-512; pairs of shorts by VPMADDWD, whose two products of int16 never overflow their sum but for (-2^15)²·2, which wraps.</summary>
internal readonly unsafe struct Dot512 : IDotLanes<Dot512>
{
    private readonly Vector512<int> _value;

    private Dot512(Vector512<int> value) => _value = value;

    public static bool IsSupported => Avx512BW.IsSupported;

    public static int Count => 16;

    public static int StepDepth => 2;

    public static int ActivationOffset => 0;

    public static int TileRows => 12;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Load(int* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 LoadBytes(sbyte* source) => new(Avx512BW.ConvertToVector512Int16(Vector256.Load(source)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Broadcast(int value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Dot(Dot512 sum, Dot512 activations, Dot512 weights) =>
        new(sum._value + Avx512BW.MultiplyAddAdjacent(activations._value.AsInt16(), weights._value.AsInt16()));

    public static void AddInShorts<TColumns>(in ShortPanel panel, int* natural, int panelRows, int columns, int* tile)
        where TColumns : struct, IColumnKind => ShortTile<Short512, Vector512<int>, TColumns>.Run(panel, natural, panelRows, columns, tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Dot512 value, int* destination) => value._value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreInterleaved(Dot512 even, Dot512 odd, int* destination)
    {
        Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        Avx512F.PermuteVar16x32x2(even._value, low, odd._value).Store(destination);
        Avx512F.PermuteVar16x32x2(even._value, low + Vector512.Create(8), odd._value).Store(destination + Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Add(Dot512 left, Dot512 right) => new(left._value + right._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 EvenHalves(Dot512 value) => new((value._value.AsUInt64() & Vector512.Create(0xFFFF_FFFFUL)).AsInt32());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Dot512 Requantise(Dot512 sum, Dot512 evenMultiplier, Dot512 oddMultiplier, Dot512 evenShift, Dot512 oddShift, Dot512 low, Dot512 high)
    {
        Vector512<long> even = Avx512F.Multiply(sum._value, evenMultiplier._value);
        Vector512<long> odd = Avx512F.Multiply((sum._value.AsUInt64() >> 32).AsInt32(), oddMultiplier._value);
        even = Avx512F.ShiftRightArithmeticVariable(even, evenShift._value.AsUInt64());
        odd = Avx512F.ShiftRightArithmeticVariable(odd, oddShift._value.AsUInt64());
        Vector512<int> places = Vector512.Create(0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        Vector512<int> quotient = Avx512F.PermuteVar16x32x2(even.AsInt32(), places, odd.AsInt32());
        return new(Vector512.Min(Vector512.Max((quotient + Vector512<int>.One) >> 1, low._value), high._value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreBytes(Dot512 value, sbyte* destination) => Avx512F.ConvertToVector128SByte(value._value).Store(destination);

    public static bool RoundsShorts => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreRounded(Dot512 first, Dot512 second, Dot512 multiplier, Dot512 shift, Dot512 low, Dot512 high, Dot512 zero, sbyte* destination)
    {
        Vector512<short> shorts = Avx512BW.PackSignedSaturate(Quotient(first._value, multiplier._value, shift._value), Quotient(second._value, multiplier._value, shift._value));
        shorts = Avx512BW.AddSaturate(shorts, Vector512<short>.One) >> 1;
        shorts = Vector512.Min(Vector512.Max(shorts, low._value.AsInt16()), high._value.AsInt16()) + zero._value.AsInt16();
        shorts = Avx512F.PermuteVar8x64(shorts.AsInt64(), Vector512.Create(0L, 2, 4, 6, 1, 3, 5, 7)).AsInt16();
        Avx512BW.ConvertToVector256SByte(shorts).Store(destination);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<int> Quotient(Vector512<int> sum, Vector512<int> multiplier, Vector512<int> shift)
    {
        Vector512<long> even = Avx512F.Multiply(sum, multiplier), odd = Avx512F.Multiply((sum.AsUInt64() >> 32).AsInt32(), multiplier);
        Vector512<int> places = Vector512.Create(1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
        return Avx512F.ShiftRightArithmeticVariable(Avx512F.PermuteVar16x32x2(even.AsInt32(), places, odd.AsInt32()), shift.AsUInt32());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StoreShorts(Dot512 value, short* destination) => Avx512F.ConvertToVector256Int16(value._value).Store(destination);
}
