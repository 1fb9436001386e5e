using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Puts operands into the words of <see cref="IDotLanes{TSelf}"/>, step by step. What is missing at the end of the depth,
/// of the rows or of the columns is zero on at least one side of every product.
/// </summary>
internal static unsafe class WordPacking<TLanes, TX>
    where TLanes : unmanaged, IDotLanes<TLanes>
    where TX : unmanaged
{
    private static bool AreBytes => typeof(TX) == typeof(sbyte);

    /// <summary>Steps of a depth.</summary>
    public static int Steps(int depth) => (depth + TLanes.StepDepth - 1) / TLanes.StepDepth;

    /// <summary>Packs rows that lie with their depth together: words[step × panelRows + row].</summary>
    /// <param name="rowStride">Elements from row to row.</param>
    /// <param name="panelRows">Rows of the panel; those beyond <paramref name="rows"/> become zero.</param>
    /// <param name="areActivations">Whether the offset of activations is added.</param>
    public static void Rows(TX* x, int rows, nint rowStride, int depth, int* words, int panelRows, bool areActivations)
    {
        int steps = Steps(depth), row = 0, flip = areActivations ? Flip : 0;
        if (rows < panelRows) new Span<int>(words, steps * panelRows).Clear();
        if (Sse2.IsSupported)
            for (; row + 4 <= rows; row += 4) FourRows(x + row * rowStride, rowStride, depth, words + row, panelRows, flip);
        for (; row < rows; row++)
            for (int step = 0; step < steps; step++) words[step * panelRows + row] = Word(x + row * rowStride, 1, step, depth, flip);
    }

    /// <summary>Elements of the vectors that <see cref="Interleave"/> takes.</summary>
    public static int Block => 16 / sizeof(TX);

    /// <summary>Whether <see cref="Interleave"/> runs here.</summary>
    public static bool HasBlocks => Sse2.IsSupported && TLanes.Count * 2 % Block == 0;

    /// <summary>Packs rows of columns, one row for each element of the depth: words[step × wordStride + column].</summary>
    /// <param name="rowStride">Elements from row to row.</param>
    /// <param name="areActivations">Whether the offset of activations is added.</param>
    public static void Columns(TX* x, nint rowStride, int depth, int columns, int* words, int wordStride, bool areActivations)
    {
        int steps = Steps(depth), flip = areActivations ? Flip : 0;
        if (!HasBlocks || columns % Block != 0)
        {
            for (int step = 0; step < steps; step++)
                for (int column = 0; column < columns; column++) words[step * wordStride + column] = Word(x + column, rowStride, step, depth, flip);
            return;
        }
        for (int step = 0; step < steps; step++, words += wordStride)
        {
            int k = step * TLanes.StepDepth;
            TX* row = x + k * rowStride;
            for (int column = 0; column < columns; column += Block, row += Block)
            {
                Vector128<byte> first = Vector128.Load((byte*)row), second = default, third = default, fourth = default;
                if (k + 1 < depth) second = Vector128.Load((byte*)(row + rowStride));
                if (TLanes.StepDepth == 4 && k + 2 < depth) third = Vector128.Load((byte*)(row + 2 * rowStride));
                if (TLanes.StepDepth == 4 && k + 3 < depth) fourth = Vector128.Load((byte*)(row + 3 * rowStride));
                Interleave(first, second, third, fourth, words + column, areActivations);
            }
        }
    }

    /// <summary>Makes <see cref="Block"/> words of successive rows of columns; the last two rows only where a step has four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Interleave(Vector128<byte> first, Vector128<byte> second, Vector128<byte> third, Vector128<byte> fourth, int* words, bool areActivations)
    {
        if (!AreBytes) Pairs(first.AsInt16(), second.AsInt16(), words);
        else if (TLanes.StepDepth == 2) Pairs(first.AsSByte(), second.AsSByte(), words);
        else Quads(first, second, third, fourth, words, areActivations ? Flip : 0);
    }

    /// <summary>Adding 128 to each of four bytes.</summary>
    private static int Flip => TLanes.ActivationOffset == 0 ? 0 : unchecked((int)0x8080_8080);

    private static int Word(TX* x, nint stride, int step, int depth, int flip)
    {
        int word = 0, bits = 32 / TLanes.StepDepth;
        for (int i = 0, k = step * TLanes.StepDepth; i < TLanes.StepDepth && k < depth; i++, k++)
        {
            int value = AreBytes ? *(sbyte*)(x + k * stride) : *(short*)(x + k * stride);
            word |= (value & (int)(uint.MaxValue >> (32 - bits))) << (i * bits);
        }
        return word ^ flip;
    }

    private static void FourRows(TX* x, nint rowStride, int depth, int* words, int panelRows, int flip)
    {
        int step = 0, whole = depth / TLanes.StepDepth;
        for (; step + 4 <= whole; step += 4)
        {
            TX* at = x + step * TLanes.StepDepth;
            Vector128<int> a = FourWords(at), b = FourWords(at + rowStride), c = FourWords(at + 2 * rowStride), d = FourWords(at + 3 * rowStride);
            Vector128<long> ab = Sse2.UnpackLow(a, b).AsInt64(), cd = Sse2.UnpackLow(c, d).AsInt64();
            Vector128<long> ab2 = Sse2.UnpackHigh(a, b).AsInt64(), cd2 = Sse2.UnpackHigh(c, d).AsInt64();
            Vector128<int> flips = Vector128.Create(flip);
            int* to = words + step * panelRows;
            (Sse2.UnpackLow(ab, cd).AsInt32() ^ flips).Store(to);
            (Sse2.UnpackHigh(ab, cd).AsInt32() ^ flips).Store(to + panelRows);
            (Sse2.UnpackLow(ab2, cd2).AsInt32() ^ flips).Store(to + 2 * panelRows);
            (Sse2.UnpackHigh(ab2, cd2).AsInt32() ^ flips).Store(to + 3 * panelRows);
        }
        for (; step < Steps(depth); step++)
            for (int row = 0; row < 4; row++) words[step * panelRows + row] = Word(x + row * rowStride, 1, step, depth, flip);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> FourWords(TX* x) => AreBytes && TLanes.StepDepth == 2
        ? Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)x).AsSByte()).AsInt32()
        : Vector128.Load((int*)x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(Vector128<short> a, Vector128<short> b, int* words)
    {
        Sse2.UnpackLow(a, b).AsInt32().Store(words);
        Sse2.UnpackHigh(a, b).AsInt32().Store(words + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pairs(Vector128<sbyte> a, Vector128<sbyte> b, int* words)
    {
        Vector128<sbyte> low = Sse2.UnpackLow(a, b), high = Sse2.UnpackHigh(a, b);
        if (Avx2.IsSupported)
        {
            Avx2.ConvertToVector256Int16(low).AsInt32().Store(words);
            Avx2.ConvertToVector256Int16(high).AsInt32().Store(words + 8);
            return;
        }
        Vector128.WidenLower(low).AsInt32().Store(words);
        Vector128.WidenUpper(low).AsInt32().Store(words + 4);
        Vector128.WidenLower(high).AsInt32().Store(words + 8);
        Vector128.WidenUpper(high).AsInt32().Store(words + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Quads(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c, Vector128<byte> d, int* words, int flip)
    {
        Vector128<short> ab = Sse2.UnpackLow(a, b).AsInt16(), cd = Sse2.UnpackLow(c, d).AsInt16();
        Vector128<short> ab2 = Sse2.UnpackHigh(a, b).AsInt16(), cd2 = Sse2.UnpackHigh(c, d).AsInt16();
        Vector128<int> flips = Vector128.Create(flip);
        (Sse2.UnpackLow(ab, cd).AsInt32() ^ flips).Store(words);
        (Sse2.UnpackHigh(ab, cd).AsInt32() ^ flips).Store(words + 4);
        (Sse2.UnpackLow(ab2, cd2).AsInt32() ^ flips).Store(words + 8);
        (Sse2.UnpackHigh(ab2, cd2).AsInt32() ^ flips).Store(words + 12);
    }
}
