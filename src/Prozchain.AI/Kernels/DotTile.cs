using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The inner loop of every matrix product: a tile of rows by two vectors of columns, whose sums stay in registers over the
/// whole depth. Row words are packed step by step, each broadcast; column words are packed step by step, two vectors together.
/// </summary>
internal static unsafe class DotTile<TLanes, TColumns>
    where TLanes : unmanaged, IDotLanes<TLanes>
    where TColumns : struct, IColumnKind
{
    /// <summary>Columns of a tile.</summary>
    public static int Columns
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2 * TLanes.Count;
    }

    /// <summary>Bytes of one vector of column words as they are packed.</summary>
    private static int Stride
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TColumns.AreBytes ? TLanes.Count * TLanes.StepDepth : TLanes.Count * sizeof(int);
    }

    /// <summary>How many rows the packed panel of so many rows has: as many as the tile that takes them, the rest being zero.</summary>
    public static int PanelRows(int rows) => rows >= TLanes.TileRows ? TLanes.TileRows : rows == 1 ? 1 : rows <= 4 ? 4 : TLanes.TileRows == 12 && rows <= 8 ? 8 : TLanes.TileRows;

    /// <summary>Computes the tile of one panel of rows.</summary>
    /// <param name="a">Row words, <paramref name="panelRows"/> for each step.</param>
    /// <param name="panelRows">As <see cref="PanelRows"/> gives it.</param>
    /// <param name="b">Column words.</param>
    /// <param name="columns">Columns that count; the second vector is left out where the first has them all.</param>
    /// <param name="tile">Receives panelRows × <see cref="Columns"/> sums.</param>
    public static void Run(int* a, int panelRows, byte* b, int columns, int steps, int* tile)
    {
        if (columns > TLanes.Count) Run<ITileWidth.Whole>(a, panelRows, b, steps, tile);
        else Run<ITileWidth.Half>(a, panelRows, b, steps, tile);
    }

    private static void Run<TWidth>(int* a, int panelRows, byte* b, int steps, int* tile)
        where TWidth : struct, ITileWidth
    {
        switch (panelRows)
        {
            case 12: Rows12<TWidth>(a, 12, b, steps, tile); break;
            case 8:
                Rows4<TWidth>(a, 8, b, steps, tile);
                Rows4<TWidth>(a + 4, 8, b, steps, tile + 4 * Columns);
                break;
            case 6: Rows6<TWidth>(a, 6, b, steps, tile); break;
            case 4: Rows4<TWidth>(a, 4, b, steps, tile); break;
            default: Rows1<TWidth>(a, 1, b, steps, tile); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Load(byte* b) => TColumns.AreBytes ? TLanes.LoadBytes((sbyte*)b) : TLanes.Load((int*)b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Dot(TLanes sum, TLanes row, TLanes column) =>
        TColumns.AreActivations ? TLanes.Dot(sum, column, row) : TLanes.Dot(sum, row, column);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(TLanes left, TLanes right, int* tile, int row)
    {
        TLanes.Store(left, tile + row * Columns);
        TLanes.Store(right, tile + row * Columns + TLanes.Count);
    }

    /// <summary>1 row, whose words lie <paramref name="stride"/> apart from step to step.</summary>
    private static void Rows1<TWidth>(int* a, int stride, byte* b, int steps, int* tile)
        where TWidth : struct, ITileWidth
    {
        TLanes c0 = default, d0 = default;
        for (int step = 0; step < steps; step++, a += stride, b += 2 * Stride)
        {
            TLanes left = Load(b), right = TWidth.IsWhole ? Load(b + Stride) : left, row;
            row = TLanes.Broadcast(a[0]); c0 = Dot(c0, row, left); if (TWidth.IsWhole) d0 = Dot(d0, row, right);
        }
        Store(c0, d0, tile, 0);
    }

    /// <summary>4 rows, whose words lie <paramref name="stride"/> apart from step to step.</summary>
    private static void Rows4<TWidth>(int* a, int stride, byte* b, int steps, int* tile)
        where TWidth : struct, ITileWidth
    {
        TLanes c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default;
        for (int step = 0; step < steps; step++, a += stride, b += 2 * Stride)
        {
            TLanes left = Load(b), right = TWidth.IsWhole ? Load(b + Stride) : left, row;
            row = TLanes.Broadcast(a[0]); c0 = Dot(c0, row, left); if (TWidth.IsWhole) d0 = Dot(d0, row, right);
            row = TLanes.Broadcast(a[1]); c1 = Dot(c1, row, left); if (TWidth.IsWhole) d1 = Dot(d1, row, right);
            row = TLanes.Broadcast(a[2]); c2 = Dot(c2, row, left); if (TWidth.IsWhole) d2 = Dot(d2, row, right);
            row = TLanes.Broadcast(a[3]); c3 = Dot(c3, row, left); if (TWidth.IsWhole) d3 = Dot(d3, row, right);
        }
        Store(c0, d0, tile, 0);
        Store(c1, d1, tile, 1);
        Store(c2, d2, tile, 2);
        Store(c3, d3, tile, 3);
    }

    /// <summary>6 rows, whose words lie <paramref name="stride"/> apart from step to step.</summary>
    private static void Rows6<TWidth>(int* a, int stride, byte* b, int steps, int* tile)
        where TWidth : struct, ITileWidth
    {
        TLanes c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default, c4 = default, d4 = default, c5 = default, d5 = default;
        for (int step = 0; step < steps; step++, a += stride, b += 2 * Stride)
        {
            TLanes left = Load(b), right = TWidth.IsWhole ? Load(b + Stride) : left, row;
            row = TLanes.Broadcast(a[0]); c0 = Dot(c0, row, left); if (TWidth.IsWhole) d0 = Dot(d0, row, right);
            row = TLanes.Broadcast(a[1]); c1 = Dot(c1, row, left); if (TWidth.IsWhole) d1 = Dot(d1, row, right);
            row = TLanes.Broadcast(a[2]); c2 = Dot(c2, row, left); if (TWidth.IsWhole) d2 = Dot(d2, row, right);
            row = TLanes.Broadcast(a[3]); c3 = Dot(c3, row, left); if (TWidth.IsWhole) d3 = Dot(d3, row, right);
            row = TLanes.Broadcast(a[4]); c4 = Dot(c4, row, left); if (TWidth.IsWhole) d4 = Dot(d4, row, right);
            row = TLanes.Broadcast(a[5]); c5 = Dot(c5, row, left); if (TWidth.IsWhole) d5 = Dot(d5, row, right);
        }
        Store(c0, d0, tile, 0);
        Store(c1, d1, tile, 1);
        Store(c2, d2, tile, 2);
        Store(c3, d3, tile, 3);
        Store(c4, d4, tile, 4);
        Store(c5, d5, tile, 5);
    }

    /// <summary>12 rows, whose words lie <paramref name="stride"/> apart from step to step.</summary>
    private static void Rows12<TWidth>(int* a, int stride, byte* b, int steps, int* tile)
        where TWidth : struct, ITileWidth
    {
        TLanes c0 = default, d0 = default, c1 = default, d1 = default, c2 = default, d2 = default, c3 = default, d3 = default, c4 = default, d4 = default, c5 = default, d5 = default,
            c6 = default, d6 = default, c7 = default, d7 = default, c8 = default, d8 = default, c9 = default, d9 = default, c10 = default, d10 = default, c11 = default, d11 = default;
        for (int step = 0; step < steps; step++, a += stride, b += 2 * Stride)
        {
            TLanes left = Load(b), right = TWidth.IsWhole ? Load(b + Stride) : left, row;
            row = TLanes.Broadcast(a[0]); c0 = Dot(c0, row, left); if (TWidth.IsWhole) d0 = Dot(d0, row, right);
            row = TLanes.Broadcast(a[1]); c1 = Dot(c1, row, left); if (TWidth.IsWhole) d1 = Dot(d1, row, right);
            row = TLanes.Broadcast(a[2]); c2 = Dot(c2, row, left); if (TWidth.IsWhole) d2 = Dot(d2, row, right);
            row = TLanes.Broadcast(a[3]); c3 = Dot(c3, row, left); if (TWidth.IsWhole) d3 = Dot(d3, row, right);
            row = TLanes.Broadcast(a[4]); c4 = Dot(c4, row, left); if (TWidth.IsWhole) d4 = Dot(d4, row, right);
            row = TLanes.Broadcast(a[5]); c5 = Dot(c5, row, left); if (TWidth.IsWhole) d5 = Dot(d5, row, right);
            row = TLanes.Broadcast(a[6]); c6 = Dot(c6, row, left); if (TWidth.IsWhole) d6 = Dot(d6, row, right);
            row = TLanes.Broadcast(a[7]); c7 = Dot(c7, row, left); if (TWidth.IsWhole) d7 = Dot(d7, row, right);
            row = TLanes.Broadcast(a[8]); c8 = Dot(c8, row, left); if (TWidth.IsWhole) d8 = Dot(d8, row, right);
            row = TLanes.Broadcast(a[9]); c9 = Dot(c9, row, left); if (TWidth.IsWhole) d9 = Dot(d9, row, right);
            row = TLanes.Broadcast(a[10]); c10 = Dot(c10, row, left); if (TWidth.IsWhole) d10 = Dot(d10, row, right);
            row = TLanes.Broadcast(a[11]); c11 = Dot(c11, row, left); if (TWidth.IsWhole) d11 = Dot(d11, row, right);
        }
        Store(c0, d0, tile, 0);
        Store(c1, d1, tile, 1);
        Store(c2, d2, tile, 2);
        Store(c3, d3, tile, 3);
        Store(c4, d4, tile, 4);
        Store(c5, d5, tile, 5);
        Store(c6, d6, tile, 6);
        Store(c7, d7, tile, 7);
        Store(c8, d8, tile, 8);
        Store(c9, d9, tile, 9);
        Store(c10, d10, tile, 10);
        Store(c11, d11, tile, 11);
    }
}
