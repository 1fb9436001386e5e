using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// <see cref="BatchProduct"/> for one kind of lanes. A unit is one product by a block of rows; the right operand is packed
/// panel by panel as its columns are needed, the left one once for each unit.
/// </summary>
internal static unsafe class ProductKernel<TLanes>
    where TLanes : unmanaged, IDotLanes<TLanes>
{
    private static int Width => DotTile<TLanes, RightColumns>.Columns;

    public static int Units(in ProductShape shape) => shape.Batches * Blocks(shape);

    public static int ScratchBytes(in ProductShape shape) => checked(
        Scratch.Bytes<int>(Steps(shape) * (UnitRows(shape) + TLanes.TileRows)) + Scratch.Bytes<int>(Steps(shape) * Width)
        + Scratch.Bytes<short>(shape.Depth * Width) + Scratch.Bytes<int>(Width));

    public static void Run<TX, TY, TZ>(
        TX* x, TY* y, in ProductShape shape, in Requantisation to, TZ* z, int firstUnit, int units, ref Scratch scratch)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged, IBinaryInteger<TY>
        where TZ : unmanaged
    {
        int blocks = Blocks(shape), unitRows = UnitRows(shape), steps = Steps(shape), columns = shape.Columns;
        int* rows = scratch.Take<int>(steps * (unitRows + TLanes.TileRows)), words = scratch.Take<int>(steps * Width), corrections = scratch.Take<int>(Width);
        TY* edge = scratch.Take<TY>(shape.Depth * Width);
        var output = new TileOutput<TLanes, RightColumns, TZ>(to);
        for (int unit = firstUnit; unit < firstUnit + units; unit++)
        {
            int batch = unit / blocks, firstRow = unit % blocks * unitRows, count = Math.Min(unitRows, shape.Rows - firstRow);
            PackRows(x + ((nint)batch * shape.Rows + firstRow) * shape.Depth, count, shape.Depth, rows);
            TY* right = y + (nint)batch * shape.Depth * columns;
            for (int column = 0; column < columns; column += Width)
            {
                int width = Math.Min(Width, columns - column);
                PackColumns(right, shape, column, width, edge, words);
                // The tile's columns are counted from its own first one.
                Requantisation part = to.IsPerChannel ? new(to.Multipliers.Slice(column, width), to.Shifts.Slice(column, width), to.Zero, to.Low, to.High) : to;
                output.Fill(0, width, default, Corrections(words, steps, corrections), part);
                MultiplyPanel(rows, count, steps, (byte*)words, ref output, width, z + ((nint)batch * shape.Rows + firstRow) * columns + column, columns);
            }
        }
    }

    private static int Steps(in ProductShape shape) => WordPacking<TLanes, sbyte>.Steps(shape.Depth);

    private static int UnitRows(in ProductShape shape)
    {
        const int CacheBytes = 256 << 10;
        int most = Math.Clamp(CacheBytes / (Steps(shape) * sizeof(int)) / TLanes.TileRows, 1, 16) * TLanes.TileRows;
        return Math.Min(most, shape.Rows);
    }

    private static int Blocks(in ProductShape shape) => (shape.Rows + UnitRows(shape) - 1) / UnitRows(shape);

    private static void PackRows<TX>(TX* x, int rows, int depth, int* words)
        where TX : unmanaged
    {
        for (int row = 0, count; row < rows; row += count)
        {
            count = Math.Min(TLanes.TileRows, rows - row);
            int panelRows = DotTile<TLanes, RightColumns>.PanelRows(count);
            WordPacking<TLanes, TX>.Rows(x + (nint)row * depth, count, depth, depth, words, panelRows, areActivations: true);
            words += WordPacking<TLanes, TX>.Steps(depth) * panelRows;
        }
    }

    private static void PackColumns<TY>(TY* y, in ProductShape shape, int column, int width, TY* edge, int* words)
        where TY : unmanaged
    {
        if (shape.TransposeY)
        {
            WordPacking<TLanes, TY>.Rows(y + (nint)column * shape.Depth, width, shape.Depth, shape.Depth, words, Width, areActivations: false);
            return;
        }
        if (width == Width)
        {
            WordPacking<TLanes, TY>.Columns(y + column, shape.Columns, shape.Depth, Width, words, Width, areActivations: false);
            return;
        }
        for (int k = 0; k < shape.Depth; k++)
        {
            new Span<TY>(edge + k * Width, Width).Clear();
            new ReadOnlySpan<TY>(y + (nint)k * shape.Columns + column, width).CopyTo(new Span<TY>(edge + k * Width, width));
        }
        WordPacking<TLanes, TY>.Columns(edge, Width, shape.Depth, Width, words, Width, areActivations: false);
    }

    /// <summary>What the offset of the left operand adds to each column, taken away; none where there is no offset.</summary>
    private static ReadOnlySpan<int> Corrections(int* words, int steps, int* corrections)
    {
        if (TLanes.ActivationOffset == 0) return default;
        TLanes left = default, right = default, ones = TLanes.Broadcast(0x0101_0101);
        for (int step = 0; step < steps; step++, words += Width)
        {
            left = TLanes.Dot(left, ones, TLanes.Load(words));
            right = TLanes.Dot(right, ones, TLanes.Load(words + TLanes.Count));
        }
        TLanes.Store(left, corrections);
        TLanes.Store(right, corrections + TLanes.Count);
        for (int i = 0; i < Width; i++) corrections[i] *= -TLanes.ActivationOffset;
        return new ReadOnlySpan<int>(corrections, Width);
    }

    [SkipLocalsInit]
    private static void MultiplyPanel<TZ>(int* rows, int count, int steps, byte* columns, ref TileOutput<TLanes, RightColumns, TZ> output, int width, TZ* z, int stride)
        where TZ : unmanaged
    {
        int* tile = stackalloc int[12 * 32];
        for (int row = 0, part; row < count; row += part)
        {
            part = Math.Min(TLanes.TileRows, count - row);
            int panelRows = DotTile<TLanes, RightColumns>.PanelRows(part);
            DotTile<TLanes, RightColumns>.Run(rows, panelRows, columns, width, steps, tile);
            output.Write(tile, Width, part, width, z + (nint)row * stride, stride);
            rows += steps * panelRows;
        }
    }
}
