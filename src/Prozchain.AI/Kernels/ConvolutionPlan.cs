namespace Prozchain.AI.Kernels;

/// <summary>
/// How a convolution falls into units: a block of pixels (some of one instance, or all of several small ones) by a group
/// by a block of output channels.
/// </summary>
internal readonly struct ConvolutionPlan
{
    private const int CacheBytes = 512 << 10;
    private const int WantedUnits = 16;

    // Pixel blocks share no packing, but each passes all weights: a few for each thread, none of only a few tiles.
    private const int WantedBlocks = 4;
    private const int LeastPixels = 80;

    private readonly int _tiles, _width;

    /// <summary>Plans for so many instances.</summary>
    /// <param name="width">Pixels of a tile.</param>
    /// <param name="tileRows">Output channels of a tile.</param>
    public ConvolutionPlan(in ConvolutionShape shape, int instances, int width, int tileRows, int steps)
    {
        int area = shape.Window.OutArea, roomTiles = Math.Clamp(CacheBytes / (steps * sizeof(int)), 64, 512) / width;
        (Instances, _width, _tiles) = (instances, width, (area + width - 1) / width);
        int wantedBlocks = Math.Min(_tiles * width / LeastPixels, (WantedBlocks + instances * shape.Groups - 1) / (instances * shape.Groups));
        PixelBlocks = Math.Max(1, Math.Max((_tiles + roomTiles - 1) / roomTiles, wantedBlocks));
        if (PixelBlocks > 1)
        {
            UnitPixels = (_tiles + PixelBlocks - 1) / PixelBlocks * width;
            UnitInstances = 1;
            PixelUnits = PixelBlocks * instances;
        }
        else
        {
            UnitInstances = Math.Min(instances, roomTiles * width / area);
            UnitPixels = UnitInstances * area;
            PixelUnits = (instances + UnitInstances - 1) / UnitInstances;
        }
        int panels = (shape.GroupOutputs + tileRows - 1) / tileRows;
        int wanted = Math.Clamp(WantedUnits / (PixelUnits * shape.Groups), 1, Math.Max(1, panels / 4));
        BlockPanels = (panels + wanted - 1) / wanted;
        OutBlocks = (panels + BlockPanels - 1) / BlockPanels;
        Units = PixelUnits * shape.Groups * OutBlocks;
    }

    /// <summary>All instances.</summary>
    public int Instances { get; }

    /// <summary>Pixels of a unit, at most.</summary>
    public int UnitPixels { get; }

    /// <summary>Instances of a unit.</summary>
    public int UnitInstances { get; }

    /// <summary>Blocks that the pixels of an instance fall into; 1 where a unit has whole instances.</summary>
    public int PixelBlocks { get; }

    /// <summary>Blocks of pixels in all.</summary>
    public int PixelUnits { get; }

    /// <summary>Blocks of output channels in a group.</summary>
    public int OutBlocks { get; }

    /// <summary>Panels of output channels in such a block.</summary>
    public int BlockPanels { get; }

    /// <summary>Units in all; those of the same pixels and group follow one another.</summary>
    public int Units { get; }

    /// <summary>Where a block of an instance's pixels begins; behind the last, the end of the last tile.</summary>
    public int BlockStart(int block) => (int)((long)block * _tiles / PixelBlocks) * _width;
}
