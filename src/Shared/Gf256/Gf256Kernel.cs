using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>
/// A matrix over <see cref="Gf256"/> times shards. Up to six rows of the matrix are one pass: their sums stay in
/// registers while every input is read once, so that a pass reads its inputs and writes its outputs and nothing else.
/// </summary>
/// <remarks>
/// Prepared factors lie pass by pass; within a pass column by column, so that those that meet one vector follow each other.
/// Passes differ by at most one row: seven rows are four and three, not six and one.
/// </remarks>
internal sealed unsafe class Gf256Kernel<TLanes, TVector, TSource> : Gf256Product
    where TLanes : struct, IGf256Lanes<TVector, TSource>
    where TVector : unmanaged
    where TSource : unmanaged
{
    private const int MaxPassRows = 6;

    // With several passes the inputs are read again and again: so many bytes of all of them stay in the first cache.
    private const int BlockBytes = 24 << 10, BlockUnit = 512, AlignedFrom = 8 << 10;

    // A factor's form is looked up, not computed: 8 KiB at most.
    private static readonly byte[] s_forms = MakeForms();

    private static nuint Strip
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (nuint)(TLanes.IsPaired ? 2 * TLanes.Count : TLanes.Count);
    }

    public override int FactorSize => TLanes.FactorSize;

    public override void Prepare(ReadOnlySpan<byte> matrix, int rows, int columns, Span<byte> prepared)
    {
        Debug.Assert(matrix.Length == rows * columns && prepared.Length >= matrix.Length * TLanes.FactorSize);
        int size = TLanes.FactorSize;
        for (int first = 0, count; first < rows; first += count)
        {
            count = PassRows(rows, first);
            for (int column = 0; column < columns; column++)
            {
                for (int row = first; row < first + count; row++)
                {
                    s_forms.AsSpan(matrix[row * columns + column] * size, size).CopyTo(prepared);
                    prepared = prepared[size..];
                }
            }
        }
    }

    public override void Multiply(ReadOnlySpan<byte> prepared, int rows, int columns, byte** inputs, byte** outputs, int length)
    {
        Debug.Assert(prepared.Length >= rows * columns * TLanes.FactorSize && length >= 0);
        int block = rows <= MaxPassRows ? length : Math.Max(BlockBytes / columns, BlockUnit) / BlockUnit * BlockUnit;
        fixed (byte* factors = prepared)
        {
            // Vectors that straddle cache lines touch each twice, which is dear where inputs a power of two apart push each other
            // out of the cache. What the first strip and an aligned one have in common is computed twice.
            int head = length >= AlignedFrom ? (int)(-(nint)inputs[0] & (nint)(Math.Min(Strip, 64) - 1)) : 0;
            if (head != 0) Passes(factors, rows, columns, inputs, outputs, 0, Strip);
            for (long from = head; from < length; from += block)
                Passes(factors, rows, columns, inputs, outputs, (nuint)from, (nuint)Math.Min(length, from + block));
        }
    }

    public override void AddColumn(ReadOnlySpan<byte> prepared, int rows, int columns, int column, byte* input, byte** outputs, int length)
    {
        Debug.Assert(prepared.Length >= rows * columns * TLanes.FactorSize && (uint)column < (uint)columns && length >= 0);
        fixed (byte* factors = prepared)
        {
            for (int first = 0, count; first < rows; first += count)
            {
                count = PassRows(rows, first);
                Pass(count, factors + (first * columns + column * count) * TLanes.FactorSize, &input, 1, outputs + first, 0, (nuint)length, add: true);
            }
        }
    }

    private static void Passes(byte* factors, int rows, int columns, byte** inputs, byte** outputs, nuint from, nuint to)
    {
        for (int first = 0, count; first < rows; first += count)
        {
            count = PassRows(rows, first);
            Pass(count, factors + first * columns * TLanes.FactorSize, inputs, columns, outputs + first, from, to, add: false);
        }
    }

    // The rows that are left, over the passes that are left, rounded up.
    private static int PassRows(int rows, int first)
    {
        int passes = (rows - first + MaxPassRows - 1) / MaxPassRows;
        return (rows - first + passes - 1) / passes;
    }

    private static void Pass(int rows, byte* factors, byte** inputs, int count, byte** outputs, nuint from, nuint to, bool add)
    {
        switch (rows)
        {
            case 1: Pass<Rows1>(factors, inputs, count, outputs, from, to, add); break;
            case 2: Pass<Rows2>(factors, inputs, count, outputs, from, to, add); break;
            case 3: Pass<Rows3>(factors, inputs, count, outputs, from, to, add); break;
            case 4: Pass<Rows4>(factors, inputs, count, outputs, from, to, add); break;
            case 5: Pass<Rows5>(factors, inputs, count, outputs, from, to, add); break;
            default: Pass<Rows6>(factors, inputs, count, outputs, from, to, add); break;
        }
    }

    private static void Pass<TRows>(byte* factors, byte** inputs, int count, byte** outputs, nuint from, nuint to, bool add)
        where TRows : struct, IRows
    {
        nuint whole = from + (to - from) / Strip * Strip;
        Strips<TRows>(factors, inputs, count, outputs, from, whole, add);
        if (whole == to) return;
        // The last strip may overlap the one before it: what is computed twice comes out the same, but not what is added.
        if (!add && to >= Strip) Strips<TRows>(factors, inputs, count, outputs, to - Strip, to, add: false);
        else Rest<TRows>(factors, inputs, count, outputs, whole, to - whole, add);
    }

    // Less than a strip: one input after the other, padded, into sums of a whole strip.
    [SkipLocalsInit]
    private static void Rest<TRows>(byte* factors, byte** inputs, int count, byte** outputs, nuint at, nuint length, bool add)
        where TRows : struct, IRows
    {
        int strip = (int)Strip;
        byte* padded = stackalloc byte[strip], sums = stackalloc byte[strip * TRows.Count];
        byte** targets = stackalloc byte*[TRows.Count];
        new Span<byte>(sums, strip * TRows.Count).Clear();
        new Span<byte>(padded, strip).Clear();
        for (int row = 0; row < TRows.Count; row++)
        {
            targets[row] = sums + row * strip;
            if (add) Unsafe.CopyBlockUnaligned(targets[row], outputs[row] + at, (uint)length);
        }
        for (int i = 0; i < count; i++)
        {
            Unsafe.CopyBlockUnaligned(padded, inputs[i] + at, (uint)length);
            Strips<TRows>(factors + i * TRows.Count * TLanes.FactorSize, &padded, 1, targets, 0, Strip, add: true);
        }
        for (int row = 0; row < TRows.Count; row++) Unsafe.CopyBlockUnaligned(outputs[row] + at, targets[row], (uint)length);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Strips<TRows>(byte* factors, byte** inputs, int count, byte** outputs, nuint from, nuint to, bool add)
        where TRows : struct, IRows
    {
        for (nuint at = from; at < to; at += Strip)
        {
            TVector a0 = default, a1 = default, a2 = default, a3 = default, a4 = default, a5 = default;
            TVector b0 = default, b1 = default, b2 = default, b3 = default, b4 = default, b5 = default;
            nuint next = at + (nuint)TLanes.Count;
            if (add)
            {
                a0 = TLanes.Load(outputs[0] + at);
                if (TRows.Count > 1) a1 = TLanes.Load(outputs[1] + at);
                if (TRows.Count > 2) a2 = TLanes.Load(outputs[2] + at);
                if (TRows.Count > 3) a3 = TLanes.Load(outputs[3] + at);
                if (TRows.Count > 4) a4 = TLanes.Load(outputs[4] + at);
                if (TRows.Count > 5) a5 = TLanes.Load(outputs[5] + at);
                if (TLanes.IsPaired)
                {
                    b0 = TLanes.Load(outputs[0] + next);
                    if (TRows.Count > 1) b1 = TLanes.Load(outputs[1] + next);
                    if (TRows.Count > 2) b2 = TLanes.Load(outputs[2] + next);
                    if (TRows.Count > 3) b3 = TLanes.Load(outputs[3] + next);
                    if (TRows.Count > 4) b4 = TLanes.Load(outputs[4] + next);
                    if (TRows.Count > 5) b5 = TLanes.Load(outputs[5] + next);
                }
            }
            byte* factor = factors;
            int i = 0;
            // By two inputs: three operands are added in one instruction where there is one.
            for (; i < count - 1; i += 2)
            {
                byte* input = inputs[i] + at, other = inputs[i + 1] + at, second = factor + TRows.Count * TLanes.FactorSize;
                TSource x = TLanes.LoadSource(input), y = TLanes.LoadSource(other);
                a0 = TLanes.MultiplyAdd(a0, x, factor, y, second);
                if (TRows.Count > 1) a1 = TLanes.MultiplyAdd(a1, x, factor + TLanes.FactorSize, y, second + TLanes.FactorSize);
                if (TRows.Count > 2) a2 = TLanes.MultiplyAdd(a2, x, factor + 2 * TLanes.FactorSize, y, second + 2 * TLanes.FactorSize);
                if (TRows.Count > 3) a3 = TLanes.MultiplyAdd(a3, x, factor + 3 * TLanes.FactorSize, y, second + 3 * TLanes.FactorSize);
                if (TRows.Count > 4) a4 = TLanes.MultiplyAdd(a4, x, factor + 4 * TLanes.FactorSize, y, second + 4 * TLanes.FactorSize);
                if (TRows.Count > 5) a5 = TLanes.MultiplyAdd(a5, x, factor + 5 * TLanes.FactorSize, y, second + 5 * TLanes.FactorSize);
                if (TLanes.IsPaired)
                {
                    x = TLanes.LoadSource(input + TLanes.Count);
                    y = TLanes.LoadSource(other + TLanes.Count);
                    b0 = TLanes.MultiplyAdd(b0, x, factor, y, second);
                    if (TRows.Count > 1) b1 = TLanes.MultiplyAdd(b1, x, factor + TLanes.FactorSize, y, second + TLanes.FactorSize);
                    if (TRows.Count > 2) b2 = TLanes.MultiplyAdd(b2, x, factor + 2 * TLanes.FactorSize, y, second + 2 * TLanes.FactorSize);
                    if (TRows.Count > 3) b3 = TLanes.MultiplyAdd(b3, x, factor + 3 * TLanes.FactorSize, y, second + 3 * TLanes.FactorSize);
                    if (TRows.Count > 4) b4 = TLanes.MultiplyAdd(b4, x, factor + 4 * TLanes.FactorSize, y, second + 4 * TLanes.FactorSize);
                    if (TRows.Count > 5) b5 = TLanes.MultiplyAdd(b5, x, factor + 5 * TLanes.FactorSize, y, second + 5 * TLanes.FactorSize);
                }
                factor = second + TRows.Count * TLanes.FactorSize;
            }
            if (i < count)
            {
                byte* input = inputs[i] + at;
                TSource x = TLanes.LoadSource(input);
                a0 = TLanes.MultiplyAdd(a0, x, factor);
                if (TRows.Count > 1) a1 = TLanes.MultiplyAdd(a1, x, factor + TLanes.FactorSize);
                if (TRows.Count > 2) a2 = TLanes.MultiplyAdd(a2, x, factor + 2 * TLanes.FactorSize);
                if (TRows.Count > 3) a3 = TLanes.MultiplyAdd(a3, x, factor + 3 * TLanes.FactorSize);
                if (TRows.Count > 4) a4 = TLanes.MultiplyAdd(a4, x, factor + 4 * TLanes.FactorSize);
                if (TRows.Count > 5) a5 = TLanes.MultiplyAdd(a5, x, factor + 5 * TLanes.FactorSize);
                if (TLanes.IsPaired)
                {
                    x = TLanes.LoadSource(input + TLanes.Count);
                    b0 = TLanes.MultiplyAdd(b0, x, factor);
                    if (TRows.Count > 1) b1 = TLanes.MultiplyAdd(b1, x, factor + TLanes.FactorSize);
                    if (TRows.Count > 2) b2 = TLanes.MultiplyAdd(b2, x, factor + 2 * TLanes.FactorSize);
                    if (TRows.Count > 3) b3 = TLanes.MultiplyAdd(b3, x, factor + 3 * TLanes.FactorSize);
                    if (TRows.Count > 4) b4 = TLanes.MultiplyAdd(b4, x, factor + 4 * TLanes.FactorSize);
                    if (TRows.Count > 5) b5 = TLanes.MultiplyAdd(b5, x, factor + 5 * TLanes.FactorSize);
                }
            }
            TLanes.Store(a0, outputs[0] + at);
            if (TRows.Count > 1) TLanes.Store(a1, outputs[1] + at);
            if (TRows.Count > 2) TLanes.Store(a2, outputs[2] + at);
            if (TRows.Count > 3) TLanes.Store(a3, outputs[3] + at);
            if (TRows.Count > 4) TLanes.Store(a4, outputs[4] + at);
            if (TRows.Count > 5) TLanes.Store(a5, outputs[5] + at);
            if (TLanes.IsPaired)
            {
                TLanes.Store(b0, outputs[0] + next);
                if (TRows.Count > 1) TLanes.Store(b1, outputs[1] + next);
                if (TRows.Count > 2) TLanes.Store(b2, outputs[2] + next);
                if (TRows.Count > 3) TLanes.Store(b3, outputs[3] + next);
                if (TRows.Count > 4) TLanes.Store(b4, outputs[4] + next);
                if (TRows.Count > 5) TLanes.Store(b5, outputs[5] + next);
            }
        }
    }

    private static byte[] MakeForms()
    {
        var forms = new byte[256 * TLanes.FactorSize];
        for (int factor = 0; factor < 256; factor++) TLanes.Prepare((byte)factor, forms.AsSpan(factor * TLanes.FactorSize, TLanes.FactorSize));
        return forms;
    }

    /// <summary>Rows of a pass, known to the compiler.</summary>
    private interface IRows
    {
        static abstract int Count { get; }
    }

    private readonly struct Rows1 : IRows
    {
        public static int Count => 1;
    }

    private readonly struct Rows2 : IRows
    {
        public static int Count => 2;
    }

    private readonly struct Rows3 : IRows
    {
        public static int Count => 3;
    }

    private readonly struct Rows4 : IRows
    {
        public static int Count => 4;
    }

    private readonly struct Rows5 : IRows
    {
        public static int Count => 5;
    }

    private readonly struct Rows6 : IRows
    {
        public static int Count => 6;
    }
}
