using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// <see cref="Convolution"/> for one kind of lanes: the pixels of a unit become columns of words under all taps, a block at
/// a time that stays in the second-level cache, and the output channels pass over them as rows. A window of one tap at
/// stride 1 reads the input where it lies.
/// </summary>
internal static unsafe class ConvolutionKernel<TLanes>
    where TLanes : unmanaged, IDotLanes<TLanes>
{
    private static int Width => DotTile<TLanes, PixelColumns>.Columns;

    public static ConvolutionPlan Plan(in ConvolutionShape shape, int instances) =>
        new(shape, instances, Width, TLanes.TileRows, Steps(shape));

    public static int ScratchBytes(in ConvolutionShape shape, int instances, int elementSize) =>
        PixelBlock<TLanes, sbyte>.ScratchBytes(shape, Plan(shape, instances), elementSize);

    public static void Run<TX, TY>(
        TX* x, TX* end, int instances, ConvolutionWeights weights, ReadOnlySpan<int> bias, in Requantisation to, TY* y,
        int firstUnit, int units, int packedUnit, ref Scratch scratch)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        ConvolutionShape shape = weights.Shape;
        ConvolutionPlan plan = Plan(shape, instances);
        var unit = new PixelBlock<TLanes, TX>(shape, plan, ref scratch);
        var output = new TileOutput<TLanes, PixelColumns, TY>(to);
        for (int index = firstUnit, packed = packedUnit < 0 ? -1 : packedUnit / plan.OutBlocks; index < firstUnit + units; index++)
        {
            int block = index / plan.OutBlocks, group = block % shape.Groups;
            unit.Select(block / shape.Groups);
            if (packed != block) unit.Pack(x, end, group);
            packed = block;
            int firstPanel = index % plan.OutBlocks * plan.BlockPanels;
            int firstRow = firstPanel * TLanes.TileRows, endRow = Math.Min(shape.GroupOutputs, firstRow + plan.BlockPanels * TLanes.TileRows);
            int* rows = weights.Words + (nint)group * ConvolutionWeights.GroupWords<TLanes>(shape) + firstRow * Steps(shape);
            for (int row = firstRow; row < endRow; row += TLanes.TileRows)
            {
                int count = Math.Min(TLanes.TileRows, endRow - row), channel = group * shape.GroupOutputs + row;
                output.Fill(channel, count, bias, weights.Corrections, to);
                ShortPanel panel = TLanes.SumsShorts ? weights.Panel(group, row / TLanes.TileRows) : default;
                MultiplyPanel(rows, panel, count, unit, ref output, y + (nint)channel * shape.Window.OutArea);
                rows += Steps(shape) * DotTile<TLanes, PixelColumns>.PanelRows(count);
            }
        }
    }

    private static int Steps(in ConvolutionShape shape) => WordPacking<TLanes, sbyte>.Steps(shape.Depth);

    /// <summary>One panel of output channels over all pixels of the unit.</summary>
    [SkipLocalsInit]
    private static void MultiplyPanel<TX, TY>(int* rows, in ShortPanel panel, int count, in PixelBlock<TLanes, TX> unit, ref TileOutput<TLanes, PixelColumns, TY> output, TY* y)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        int* memory = stackalloc int[12 * 32 + 32], tile = Scratch.Align(memory);
        int area = unit.Shape.Window.OutArea, elements = unit.Shape.OutElements, steps = Steps(unit.Shape), panelRows = DotTile<TLanes, PixelColumns>.PanelRows(count);
        int pixels = unit.Pixels, instance = unit.FirstInstance, inside = unit.FirstPixel;
        int* columns = unit.Words;
        for (int pixel = 0; pixel < pixels; pixel += Width, columns += steps * Width)
        {
            if (TLanes.SumsShorts) TLanes.AddInShorts<PixelColumns>(panel, columns, panelRows, pixels - pixel, tile);
            else DotTile<TLanes, PixelColumns>.Run(rows, panelRows, (byte*)columns, pixels - pixel, steps, tile);
            int end = Math.Min(pixels, pixel + Width);
            // A tile may hold the last pixels of one instance and the first of the next.
            for (int at = pixel; at < end;)
            {
                int run = Math.Min(end - at, area - inside);
                output.Write(tile + (at - pixel), Width, count, run, y + (nint)instance * elements + inside, area);
                at += run;
                inside += run;
                if (inside == area) (instance, inside) = (instance + 1, 0);
            }
        }
    }
}
