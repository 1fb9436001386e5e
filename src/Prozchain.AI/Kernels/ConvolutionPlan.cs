namespace Prozchain.AI.Kernels;

/// <summary>
/// How a convolution falls into units: a block of pixels (some of one instance, or all of several small ones) by a group
/// by a block of output channels.
/// </summary>
internal readonly struct ConvolutionPlan
{
    private const int CacheBytes = 512 << 10;
    private const int WantedUnits = 16;

    /// <summary>Plans for so many instances.</summary>
    /// <param name="width">Pixels of a tile.</param>
    /// <param name="tileRows">Output channels of a tile.</param>
    public ConvolutionPlan(in ConvolutionShape shape, int instances, int width, int tileRows, int steps)
    {
        int area = shape.Window.OutArea, room = Math.Clamp(CacheBytes / (steps * sizeof(int)), 64, 512) / width * width;
        Instances = instances;
        if (area > room)
        {
            int blocks = (area + room - 1) / room;
            UnitPixels = ((area + blocks - 1) / blocks + width - 1) / width * width;
            PixelBlocks = (area + UnitPixels - 1) / UnitPixels;
            UnitInstances = 1;
            PixelUnits = PixelBlocks * instances;
        }
        else
        {
            UnitInstances = Math.Min(instances, room / area);
            UnitPixels = UnitInstances * area;
            PixelBlocks = 1;
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
}
