using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// <see cref="Gemm"/> for one kind of lanes. A unit is a block of rows by a block of columns: the rows' words are packed
/// once for all columns that one call does. A panel of weights stays in the nearest caches while the rows pass by; the more
/// rows a unit has, the less often all weights come from afar.
/// </summary>
internal static unsafe class GemmKernel<TLanes>
    where TLanes : unmanaged, IDotLanes<TLanes>
{
    private const int CacheBytes = 1 << 20;

    private static int Width => DotTile<TLanes, WeightColumns>.Columns;

    /// <summary>Rows of a unit: as many whole tiles as fit the cache.</summary>
    private static int UnitRows(int depth) =>
        Math.Clamp(CacheBytes / (Steps(depth) * sizeof(int)) / TLanes.TileRows, 1, 16) * TLanes.TileRows;

    /// <summary>Columns of a unit, in whole panels: narrow enough for some units for each thread where there are few rows.</summary>
    private static int UnitPanels(int rows, int depth, int columns)
    {
        const int Wanted = 16;
        int blocks = (rows + UnitRows(depth) - 1) / UnitRows(depth), panels = (columns + Width - 1) / Width;
        return Math.Max(1, panels * blocks / Wanted);
    }

    public static int Units(int rows, int depth, int columns)
    {
        int panels = (columns + Width - 1) / Width, unitPanels = UnitPanels(rows, depth, columns);
        return (rows + UnitRows(depth) - 1) / UnitRows(depth) * ((panels + unitPanels - 1) / unitPanels);
    }

    public static int ScratchBytes(int rows, int depth) =>
        Scratch.Bytes<int>(Steps(depth) * Math.Min(UnitRows(depth), rows + TLanes.TileRows));

    public static void Run<TX, TY>(
        TX* x, int rows, GemmWeights weights, ReadOnlySpan<int> bias, in Requantisation to, TY* y,
        int firstUnit, int units, int packedUnit, ref Scratch scratch)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        int depth = weights.Depth, columns = weights.Columns, steps = Steps(depth), unitRows = UnitRows(depth);
        int panels = (columns + Width - 1) / Width, unitPanels = UnitPanels(rows, depth, columns), across = (panels + unitPanels - 1) / unitPanels;
        int* words = scratch.Take<int>(steps * Math.Min(unitRows, rows + TLanes.TileRows));
        var output = new TileOutput<TLanes, WeightColumns, TY>(to);
        for (int unit = firstUnit, packed = packedUnit < 0 ? -1 : packedUnit / across; unit < firstUnit + units; unit++)
        {
            int block = unit / across, firstRow = block * unitRows, count = Math.Min(unitRows, rows - firstRow);
            if (packed != block) PackRows(x + (nint)firstRow * depth, count, depth, words);
            packed = block;
            int firstPanel = unit % across * unitPanels;
            for (int panel = firstPanel; panel < Math.Min(panels, firstPanel + unitPanels); panel++)
            {
                int column = panel * Width, width = Math.Min(Width, columns - column);
                output.Fill(column, width, bias, weights.Corrections, to);
                ShortPanel shorts = TLanes.SumsShorts ? weights.Panel(panel) : default;
                byte* b = (byte*)weights.Packed + (nint)panel * Width * steps * TLanes.StepDepth;
                MultiplyPanel(words, count, steps, b, shorts, ref output, width, y + (nint)firstRow * columns + column, columns);
            }
        }
    }

    private static int Steps(int depth) => WordPacking<TLanes, sbyte>.Steps(depth);

    private static void PackRows<TX>(TX* x, int rows, int depth, int* words)
        where TX : unmanaged
    {
        for (int row = 0; row < rows;)
        {
            int count = Math.Min(TLanes.TileRows, rows - row), panelRows = DotTile<TLanes, WeightColumns>.PanelRows(count);
            WordPacking<TLanes, TX>.Rows(x + (nint)row * depth, count, depth, depth, words, panelRows, areActivations: true);
            words += Steps(depth) * panelRows;
            row += count;
        }
    }

    [SkipLocalsInit]
    private static void MultiplyPanel<TY>(int* words, int rows, int steps, byte* b, in ShortPanel shorts, ref TileOutput<TLanes, WeightColumns, TY> output, int width, TY* y, int stride)
        where TY : unmanaged
    {
        int* memory = stackalloc int[12 * 32 + 16], tile = Scratch.Align(memory);
        for (int row = 0; row < rows;)
        {
            int count = Math.Min(TLanes.TileRows, rows - row), panelRows = DotTile<TLanes, WeightColumns>.PanelRows(count);
            if (TLanes.SumsShorts) TLanes.AddInShorts<WeightColumns>(shorts, words, panelRows, width, tile);
            else DotTile<TLanes, WeightColumns>.Run(words, panelRows, b, width, steps, tile);
            output.Write(tile, Width, count, width, y + (nint)row * stride, stride);
            words += steps * panelRows;
            row += count;
        }
    }
}
