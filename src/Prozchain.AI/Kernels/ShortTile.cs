using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The inner loop for lanes that add up in shorts: as <see cref="DotTile{TLanes, TColumns}"/>, but group by group of
/// steps, at whose end the shorts, which began where <see cref="ShortSums"/> says, go into the sums of 32 bits. The operand of
/// weights comes as a <see cref="ShortPanel"/>, the other packed step by step.
/// </summary>
internal static unsafe class ShortTile<TLanes, TVector, TColumns>
    where TLanes : struct, IShortLanes<TVector>
    where TVector : unmanaged
    where TColumns : struct, IColumnKind
{
    private static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TLanes.Count;
    }

    /// <summary>Computes the tile of one panel of rows.</summary>
    /// <param name="panel">The weights: rows where columns are activations, else columns.</param>
    /// <param name="natural">The activations.</param>
    /// <param name="panelRows">As <see cref="DotTile{TLanes, TColumns}.PanelRows"/> gives it.</param>
    /// <param name="columns">Columns that count.</param>
    /// <param name="tile">Receives panelRows × 2 vectors of sums, less what the weights' corrections hold.</param>
    public static void Run(in ShortPanel panel, int* natural, int panelRows, int columns, int* tile)
    {
        if (TColumns.AreActivations && columns == 1) Narrow<ITileWidth.Half>(panel, natural, panelRows, tile);
        else if (TColumns.AreActivations && columns <= 4) Narrow<ITileWidth.Whole>(panel, natural, panelRows, tile);
        else if (columns > TLanes.Count) Run<ITileWidth.Whole>(panel, natural, panelRows, tile);
        else Run<ITileWidth.Half>(panel, natural, panelRows, tile);
    }

    private static void Run<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, ITileWidth
    {
        if (panelRows == 6) Rows6<TWidth>(panel, natural, tile);
        else if (panelRows == 4) Rows4<TWidth>(panel, natural, 4, tile);
        else Rows1<TWidth>(panel, natural, 1, tile);
    }

    // Words of a step of the weights, and of the activations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WordStride(int panelRows) => TColumns.AreActivations ? panelRows : Columns;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NaturalStride(int panelRows) => TColumns.AreActivations ? Columns : panelRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector ColumnStart(int* words) => TColumns.AreActivations ? default : TLanes.Load(words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector RowStart(int* words, int row, TVector column) => TColumns.AreActivations ? TLanes.Broadcast(words[row]) : column;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Column(int* words, int* natural) => TLanes.Load(TColumns.AreActivations ? natural : words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Row(int* words, int* natural, int row) => TLanes.Broadcast(TColumns.AreActivations ? words[row] : natural[row]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Multiply(TVector row, TVector column) => TColumns.AreActivations ? TLanes.Multiply(column, row) : TLanes.Multiply(row, column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Add(TVector shorts, TVector row, TVector column) => TLanes.AddShorts(shorts, Multiply(row, column));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Widen(TVector sum, TVector shorts) => TLanes.Add(sum, TLanes.Widen(shorts));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TVector left, TVector right, int* tile, int row)
    {
        TLanes.Store(left, tile + row * Columns);
        TLanes.Store(right, tile + row * Columns + TLanes.Count);
    }

    /// <summary>Adds up the products of one step and takes those of the next.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Next<TWidth>(ref TVector s, ref TVector t, ref TVector m, ref TVector n, TVector row, TVector left, TVector right)
        where TWidth : struct, ITileWidth
    {
        s = TLanes.AddShorts(s, m);
        if (TWidth.IsWhole) t = TLanes.AddShorts(t, n);
        m = Multiply(row, left);
        if (TWidth.IsWhole) n = Multiply(row, right);
    }

    /// <summary>Takes the products of the first step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void First<TWidth>(out TVector m, out TVector n, TVector row, TVector left, TVector right)
        where TWidth : struct, ITileWidth
    {
        m = Multiply(row, left);
        n = TWidth.IsWhole ? Multiply(row, right) : default;
    }

    /// <summary>Adds up the products of the last step.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void End<TWidth>(ref TVector s, ref TVector t, TVector m, TVector n)
        where TWidth : struct, ITileWidth
    {
        s = TLanes.AddShorts(s, m);
        if (TWidth.IsWhole) t = TLanes.AddShorts(t, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen<TWidth>(ref TVector s, ref TVector t)
        where TWidth : struct, ITileWidth
    {
        s = TLanes.Widen(s);
        if (TWidth.IsWhole) t = TLanes.Widen(t);
    }

    /// <summary>What the shorts of a row begin with.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Begin<TWidth>(out TVector s, out TVector t, int* words, int row, TVector left, TVector right)
        where TWidth : struct, ITileWidth
    {
        s = RowStart(words, row, left);
        t = TWidth.IsWhole ? RowStart(words, row, right) : default;
    }

    /// <summary>Adds to the sums of a row in the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate<TWidth>(TVector left, TVector right, int* tile, int row)
        where TWidth : struct, ITileWidth
    {
        tile += row * Columns;
        TLanes.Store(TLanes.Add(TLanes.Load(tile), left), tile);
        if (TWidth.IsWhole) TLanes.Store(TLanes.Add(TLanes.Load(tile + TLanes.Count), right), tile + TLanes.Count);
    }

    /// <summary>One step of 6 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step<TWidth>(
        int* words, int* other,
        ref TVector s0, ref TVector t0, ref TVector m0, ref TVector n0,
        ref TVector s1, ref TVector t1, ref TVector m1, ref TVector n1,
        ref TVector s2, ref TVector t2, ref TVector m2, ref TVector n2,
        ref TVector s3, ref TVector t3, ref TVector m3, ref TVector n3,
        ref TVector s4, ref TVector t4, ref TVector m4, ref TVector n4,
        ref TVector s5, ref TVector t5, ref TVector m5, ref TVector n5)
        where TWidth : struct, ITileWidth
    {
        TVector left = Column(words, other), right = TWidth.IsWhole ? Column(words + TLanes.Count, other + TLanes.Count) : default;
        Next<TWidth>(ref s0, ref t0, ref m0, ref n0, Row(words, other, 0), left, right);
        Next<TWidth>(ref s1, ref t1, ref m1, ref n1, Row(words, other, 1), left, right);
        Next<TWidth>(ref s2, ref t2, ref m2, ref n2, Row(words, other, 2), left, right);
        Next<TWidth>(ref s3, ref t3, ref m3, ref n3, Row(words, other, 3), left, right);
        Next<TWidth>(ref s4, ref t4, ref m4, ref n4, Row(words, other, 4), left, right);
        Next<TWidth>(ref s5, ref t5, ref m5, ref n5, Row(words, other, 5), left, right);
    }

    /// <summary>4 columns of activations, or 1: the rows, which lie together, side by side in a vector.</summary>
    private static void Narrow<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, ITileWidth
    {
        int* words = panel.Words;
        TVector c0 = default, c1 = default, c2 = default, c3 = default;
        for (int group = 0; group < panel.Count; group++)
        {
            int* other = natural + (nint)panel.Start(group) * Columns, end = other + (nint)panel.Steps(group) * Columns;
            TVector s0 = TLanes.Load(words), s1 = s0, s2 = s0, s3 = s0;
            for (words += panelRows; other != end; words += panelRows, other += Columns)
            {
                TVector rows = TLanes.Load(words);
                s0 = TLanes.AddShorts(s0, TLanes.Multiply(TLanes.Broadcast(other[0]), rows));
                if (!TWidth.IsWhole) continue;
                s1 = TLanes.AddShorts(s1, TLanes.Multiply(TLanes.Broadcast(other[1]), rows));
                s2 = TLanes.AddShorts(s2, TLanes.Multiply(TLanes.Broadcast(other[2]), rows));
                s3 = TLanes.AddShorts(s3, TLanes.Multiply(TLanes.Broadcast(other[3]), rows));
            }
            c0 = Widen(c0, s0);
            if (!TWidth.IsWhole) continue;
            c1 = Widen(c1, s1);
            c2 = Widen(c2, s2);
            c3 = Widen(c3, s3);
        }
        int* sums = stackalloc int[4 * TLanes.Count];
        TLanes.Store(c0, sums);
        TLanes.Store(c1, sums + TLanes.Count);
        TLanes.Store(c2, sums + 2 * TLanes.Count);
        TLanes.Store(c3, sums + 3 * TLanes.Count);
        for (int row = 0; row < panelRows; row++)
            for (int column = 0; column < 4; column++) tile[row * Columns + column] = sums[column * TLanes.Count + row];
    }

    /// <summary>1 row.</summary>
    private static void Rows1<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, ITileWidth
    {
        int* words = panel.Words;
        TVector c0 = default, d0 = default;
        for (int group = 0; group < panel.Count; group++)
        {
            int* other = natural + (nint)panel.Start(group) * NaturalStride(panelRows);
            TVector left = ColumnStart(words), right = TWidth.IsWhole ? ColumnStart(words + TLanes.Count) : left, row;
            TVector s0 = RowStart(words, 0, left), t0 = TWidth.IsWhole ? RowStart(words, 0, right) : default;
            words += WordStride(panelRows);
            int* end = other + (nint)panel.Steps(group) * NaturalStride(panelRows);
            for (; other != end; words += WordStride(panelRows), other += NaturalStride(panelRows))
            {
                left = Column(words, other);
                if (TWidth.IsWhole) right = Column(words + TLanes.Count, other + TLanes.Count);
                row = Row(words, other, 0); s0 = Add(s0, row, left); if (TWidth.IsWhole) t0 = Add(t0, row, right);
            }
            c0 = Widen(c0, s0); if (TWidth.IsWhole) d0 = Widen(d0, t0);
        }
        Store(c0, d0, tile, 0);
    }

    /// <summary>4 rows.</summary>
    private static void Rows4<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, ITileWidth
    {
        int* words = panel.Words;
        TVector c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default;
        for (int group = 0; group < panel.Count; group++)
        {
            int* other = natural + (nint)panel.Start(group) * NaturalStride(panelRows);
            TVector left = ColumnStart(words), right = TWidth.IsWhole ? ColumnStart(words + TLanes.Count) : left, row;
            TVector s0 = RowStart(words, 0, left), t0 = TWidth.IsWhole ? RowStart(words, 0, right) : default;
            TVector s1 = RowStart(words, 1, left), t1 = TWidth.IsWhole ? RowStart(words, 1, right) : default;
            TVector s2 = RowStart(words, 2, left), t2 = TWidth.IsWhole ? RowStart(words, 2, right) : default;
            TVector s3 = RowStart(words, 3, left), t3 = TWidth.IsWhole ? RowStart(words, 3, right) : default;
            words += WordStride(panelRows);
            int* end = other + (nint)panel.Steps(group) * NaturalStride(panelRows);
            for (; other != end; words += WordStride(panelRows), other += NaturalStride(panelRows))
            {
                left = Column(words, other);
                if (TWidth.IsWhole) right = Column(words + TLanes.Count, other + TLanes.Count);
                row = Row(words, other, 0); s0 = Add(s0, row, left); if (TWidth.IsWhole) t0 = Add(t0, row, right);
                row = Row(words, other, 1); s1 = Add(s1, row, left); if (TWidth.IsWhole) t1 = Add(t1, row, right);
                row = Row(words, other, 2); s2 = Add(s2, row, left); if (TWidth.IsWhole) t2 = Add(t2, row, right);
                row = Row(words, other, 3); s3 = Add(s3, row, left); if (TWidth.IsWhole) t3 = Add(t3, row, right);
            }
            c0 = Widen(c0, s0); if (TWidth.IsWhole) d0 = Widen(d0, t0);
            c1 = Widen(c1, s1); if (TWidth.IsWhole) d1 = Widen(d1, t1);
            c2 = Widen(c2, s2); if (TWidth.IsWhole) d2 = Widen(d2, t2);
            c3 = Widen(c3, s3); if (TWidth.IsWhole) d3 = Widen(d3, t3);
        }
        Store(c0, d0, tile, 0);
        Store(c1, d1, tile, 1);
        Store(c2, d2, tile, 2);
        Store(c3, d3, tile, 3);
    }

    /// <summary>
    /// 6 rows. Each step adds up the products of the one before, so that no addition waits for a multiplication and takes a
    /// multiplier's place; the steps of a group are unrolled, and the sums of 32 bits lie in the tile.
    /// </summary>
    private static void Rows6<TWidth>(in ShortPanel panel, int* natural, int* tile)
        where TWidth : struct, ITileWidth
    {
        const int Rows = 6;
        int Words = WordStride(Rows), Natural = NaturalStride(Rows);
        TVector s0 = default, t0 = default, s1 = default, t1 = default, s2 = default, t2 = default, s3 = default, t3 = default, s4 = default, t4 = default, s5 = default, t5 = default;
        TVector m0 = default, n0 = default, m1 = default, n1 = default, m2 = default, n2 = default, m3 = default, n3 = default, m4 = default, n4 = default, m5 = default, n5 = default, left, right = default;
        for (int row = 0; row < Rows; row++) Store(s0, t0, tile, row);
        int* words = panel.Words;
        for (int group = 0; group < panel.Count; group++)
        {
            int steps = panel.Steps(group);
            int* begin = words, other = natural + (nint)panel.Start(group) * Natural;
            words += Words;
            // What the group before left.
            End<TWidth>(ref s0, ref t0, m0, n0);
            End<TWidth>(ref s1, ref t1, m1, n1);
            End<TWidth>(ref s2, ref t2, m2, n2);
            End<TWidth>(ref s3, ref t3, m3, n3);
            End<TWidth>(ref s4, ref t4, m4, n4);
            End<TWidth>(ref s5, ref t5, m5, n5);
            Widen<TWidth>(ref s0, ref t0);
            Widen<TWidth>(ref s1, ref t1);
            Widen<TWidth>(ref s2, ref t2);
            Widen<TWidth>(ref s3, ref t3);
            Widen<TWidth>(ref s4, ref t4);
            Widen<TWidth>(ref s5, ref t5);
            left = Column(words, other);
            if (TWidth.IsWhole) right = Column(words + TLanes.Count, other + TLanes.Count);
            First<TWidth>(out m0, out n0, Row(words, other, 0), left, right);
            First<TWidth>(out m1, out n1, Row(words, other, 1), left, right);
            First<TWidth>(out m2, out n2, Row(words, other, 2), left, right);
            First<TWidth>(out m3, out n3, Row(words, other, 3), left, right);
            First<TWidth>(out m4, out n4, Row(words, other, 4), left, right);
            First<TWidth>(out m5, out n5, Row(words, other, 5), left, right);
            left = ColumnStart(begin);
            if (TWidth.IsWhole) right = ColumnStart(begin + TLanes.Count);
            Accumulate<TWidth>(s0, t0, tile, 0);
            Accumulate<TWidth>(s1, t1, tile, 1);
            Accumulate<TWidth>(s2, t2, tile, 2);
            Accumulate<TWidth>(s3, t3, tile, 3);
            Accumulate<TWidth>(s4, t4, tile, 4);
            Accumulate<TWidth>(s5, t5, tile, 5);
            Begin<TWidth>(out s0, out t0, begin, 0, left, right);
            Begin<TWidth>(out s1, out t1, begin, 1, left, right);
            Begin<TWidth>(out s2, out t2, begin, 2, left, right);
            Begin<TWidth>(out s3, out t3, begin, 3, left, right);
            Begin<TWidth>(out s4, out t4, begin, 4, left, right);
            Begin<TWidth>(out s5, out t5, begin, 5, left, right);
            words += steps * Words;
            other += (nint)steps * Natural;
            switch (steps)
            {
                case 5:
                    Step<TWidth>(words - 4 * Words, other - 4 * Natural, ref s0, ref t0, ref m0, ref n0, ref s1, ref t1, ref m1, ref n1, ref s2, ref t2, ref m2, ref n2, ref s3, ref t3, ref m3, ref n3, ref s4, ref t4, ref m4, ref n4, ref s5, ref t5, ref m5, ref n5);
                    goto case 4;
                case 4:
                    Step<TWidth>(words - 3 * Words, other - 3 * Natural, ref s0, ref t0, ref m0, ref n0, ref s1, ref t1, ref m1, ref n1, ref s2, ref t2, ref m2, ref n2, ref s3, ref t3, ref m3, ref n3, ref s4, ref t4, ref m4, ref n4, ref s5, ref t5, ref m5, ref n5);
                    goto case 3;
                case 3:
                    Step<TWidth>(words - 2 * Words, other - 2 * Natural, ref s0, ref t0, ref m0, ref n0, ref s1, ref t1, ref m1, ref n1, ref s2, ref t2, ref m2, ref n2, ref s3, ref t3, ref m3, ref n3, ref s4, ref t4, ref m4, ref n4, ref s5, ref t5, ref m5, ref n5);
                    goto case 2;
                case 2:
                    Step<TWidth>(words - Words, other - Natural, ref s0, ref t0, ref m0, ref n0, ref s1, ref t1, ref m1, ref n1, ref s2, ref t2, ref m2, ref n2, ref s3, ref t3, ref m3, ref n3, ref s4, ref t4, ref m4, ref n4, ref s5, ref t5, ref m5, ref n5);
                    break;
            }
        }
        End<TWidth>(ref s0, ref t0, m0, n0);
        End<TWidth>(ref s1, ref t1, m1, n1);
        End<TWidth>(ref s2, ref t2, m2, n2);
        End<TWidth>(ref s3, ref t3, m3, n3);
        End<TWidth>(ref s4, ref t4, m4, n4);
        End<TWidth>(ref s5, ref t5, m5, n5);
        Widen<TWidth>(ref s0, ref t0);
        Widen<TWidth>(ref s1, ref t1);
        Widen<TWidth>(ref s2, ref t2);
        Widen<TWidth>(ref s3, ref t3);
        Widen<TWidth>(ref s4, ref t4);
        Widen<TWidth>(ref s5, ref t5);
        Accumulate<TWidth>(s0, t0, tile, 0);
        Accumulate<TWidth>(s1, t1, tile, 1);
        Accumulate<TWidth>(s2, t2, tile, 2);
        Accumulate<TWidth>(s3, t3, tile, 3);
        Accumulate<TWidth>(s4, t4, tile, 4);
        Accumulate<TWidth>(s5, t5, tile, 5);
    }
}
