using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The inner loop for lanes that add up in shorts: as <see cref="DotTile{TLanes, TColumns}"/>, but group by group of
/// steps, at whose end the shorts, which began where <see cref="ShortSums"/> says, go into the sums of 32 bits. The operand of
/// weights comes as a <see cref="ShortPanel"/>, the other packed step by step.
/// </summary>
internal static unsafe class ShortTile<TLanes, TColumns>
    where TLanes : unmanaged, IDotLanes<TLanes>
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
        if (columns > TLanes.Count) Run<Whole>(panel, natural, panelRows, tile);
        else Run<Half>(panel, natural, panelRows, tile);
    }

    private static void Run<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, IWidth
    {
        if (panelRows == 6) Rows6<TWidth>(panel, natural, 6, tile);
        else if (panelRows == 4) Rows4<TWidth>(panel, natural, 4, tile);
        else Rows1<TWidth>(panel, natural, 1, tile);
    }

    // Words of a step of the weights, and of the activations.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int WordStride(int panelRows) => TColumns.AreActivations ? panelRows : Columns;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int NaturalStride(int panelRows) => TColumns.AreActivations ? Columns : panelRows;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ColumnStart(int* words) => TColumns.AreActivations ? default : TLanes.Load(words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes RowStart(int* words, int row, TLanes column) => TColumns.AreActivations ? TLanes.Broadcast(words[row]) : column;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Column(int* words, int* natural) => TLanes.Load(TColumns.AreActivations ? natural : words);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Row(int* words, int* natural, int row) => TLanes.Broadcast(TColumns.AreActivations ? words[row] : natural[row]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(TLanes shorts, TLanes row, TLanes column) =>
        TColumns.AreActivations ? TLanes.AddShorts(shorts, column, row) : TLanes.AddShorts(shorts, row, column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes left, TLanes right, int* tile, int row)
    {
        TLanes.Store(left, tile + row * Columns);
        TLanes.Store(right, tile + row * Columns + TLanes.Count);
    }

    /// <summary>1 row.</summary>
    private static void Rows1<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, IWidth
    {
        int* words = panel.Words;
        TLanes c0 = default, d0 = default;
        for (int group = 0; group < panel.Count; group++)
        {
            int* other = natural + (nint)panel.Start(group) * NaturalStride(panelRows);
            TLanes left = ColumnStart(words), right = TWidth.IsWhole ? ColumnStart(words + TLanes.Count) : left, row;
            TLanes s0 = RowStart(words, 0, left), t0 = TWidth.IsWhole ? RowStart(words, 0, right) : default;
            words += WordStride(panelRows);
            int* end = other + (nint)panel.Steps(group) * NaturalStride(panelRows);
            for (; other != end; words += WordStride(panelRows), other += NaturalStride(panelRows))
            {
                left = Column(words, other);
                if (TWidth.IsWhole) right = Column(words + TLanes.Count, other + TLanes.Count);
                row = Row(words, other, 0); s0 = Add(s0, row, left); if (TWidth.IsWhole) t0 = Add(t0, row, right);
            }
            c0 = TLanes.Widen(c0, s0); if (TWidth.IsWhole) d0 = TLanes.Widen(d0, t0);
        }
        Store(c0, d0, tile, 0);
    }

    /// <summary>4 rows.</summary>
    private static void Rows4<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, IWidth
    {
        int* words = panel.Words;
        TLanes c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default;
        for (int group = 0; group < panel.Count; group++)
        {
            int* other = natural + (nint)panel.Start(group) * NaturalStride(panelRows);
            TLanes left = ColumnStart(words), right = TWidth.IsWhole ? ColumnStart(words + TLanes.Count) : left, row;
            TLanes s0 = RowStart(words, 0, left), t0 = TWidth.IsWhole ? RowStart(words, 0, right) : default;
            TLanes s1 = RowStart(words, 1, left), t1 = TWidth.IsWhole ? RowStart(words, 1, right) : default;
            TLanes s2 = RowStart(words, 2, left), t2 = TWidth.IsWhole ? RowStart(words, 2, right) : default;
            TLanes s3 = RowStart(words, 3, left), t3 = TWidth.IsWhole ? RowStart(words, 3, right) : default;
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
            c0 = TLanes.Widen(c0, s0); if (TWidth.IsWhole) d0 = TLanes.Widen(d0, t0);
            c1 = TLanes.Widen(c1, s1); if (TWidth.IsWhole) d1 = TLanes.Widen(d1, t1);
            c2 = TLanes.Widen(c2, s2); if (TWidth.IsWhole) d2 = TLanes.Widen(d2, t2);
            c3 = TLanes.Widen(c3, s3); if (TWidth.IsWhole) d3 = TLanes.Widen(d3, t3);
        }
        Store(c0, d0, tile, 0);
        Store(c1, d1, tile, 1);
        Store(c2, d2, tile, 2);
        Store(c3, d3, tile, 3);
    }

    /// <summary>6 rows.</summary>
    private static void Rows6<TWidth>(in ShortPanel panel, int* natural, int panelRows, int* tile)
        where TWidth : struct, IWidth
    {
        int* words = panel.Words;
        TLanes c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default, c4 = default, d4 = default, c5 = default, d5 = default;
        for (int group = 0; group < panel.Count; group++)
        {
            int* other = natural + (nint)panel.Start(group) * NaturalStride(panelRows);
            TLanes left = ColumnStart(words), right = TWidth.IsWhole ? ColumnStart(words + TLanes.Count) : left, row;
            TLanes s0 = RowStart(words, 0, left), t0 = TWidth.IsWhole ? RowStart(words, 0, right) : default;
            TLanes s1 = RowStart(words, 1, left), t1 = TWidth.IsWhole ? RowStart(words, 1, right) : default;
            TLanes s2 = RowStart(words, 2, left), t2 = TWidth.IsWhole ? RowStart(words, 2, right) : default;
            TLanes s3 = RowStart(words, 3, left), t3 = TWidth.IsWhole ? RowStart(words, 3, right) : default;
            TLanes s4 = RowStart(words, 4, left), t4 = TWidth.IsWhole ? RowStart(words, 4, right) : default;
            TLanes s5 = RowStart(words, 5, left), t5 = TWidth.IsWhole ? RowStart(words, 5, right) : default;
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
                row = Row(words, other, 4); s4 = Add(s4, row, left); if (TWidth.IsWhole) t4 = Add(t4, row, right);
                row = Row(words, other, 5); s5 = Add(s5, row, left); if (TWidth.IsWhole) t5 = Add(t5, row, right);
            }
            c0 = TLanes.Widen(c0, s0); if (TWidth.IsWhole) d0 = TLanes.Widen(d0, t0);
            c1 = TLanes.Widen(c1, s1); if (TWidth.IsWhole) d1 = TLanes.Widen(d1, t1);
            c2 = TLanes.Widen(c2, s2); if (TWidth.IsWhole) d2 = TLanes.Widen(d2, t2);
            c3 = TLanes.Widen(c3, s3); if (TWidth.IsWhole) d3 = TLanes.Widen(d3, t3);
            c4 = TLanes.Widen(c4, s4); if (TWidth.IsWhole) d4 = TLanes.Widen(d4, t4);
            c5 = TLanes.Widen(c5, s5); if (TWidth.IsWhole) d5 = TLanes.Widen(d5, t5);
        }
        Store(c0, d0, tile, 0);
        Store(c1, d1, tile, 1);
        Store(c2, d2, tile, 2);
        Store(c3, d3, tile, 3);
        Store(c4, d4, tile, 4);
        Store(c5, d5, tile, 5);
    }

    /// <summary>How much of a tile is computed.</summary>
    private interface IWidth
    {
        static abstract bool IsWhole { get; }
    }

    private readonly struct Whole : IWidth
    {
        public static bool IsWhole => true;
    }

    private readonly struct Half : IWidth
    {
        public static bool IsWhole => false;
    }
}
