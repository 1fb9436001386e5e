namespace Prozchain.AI.Kernels;

/// <summary>
/// How a window of taps moves over a plane: sizes in elements, dilation as the distance between two taps. One-dimensional
/// work has a height of 1.
/// </summary>
internal readonly record struct WindowShape
{
    /// <summary>Rows of the plane.</summary>
    public required int Height { get; init; }

    /// <summary>Columns of the plane.</summary>
    public required int Width { get; init; }

    /// <summary>Rows of taps.</summary>
    public required int KernelHeight { get; init; }

    /// <summary>Columns of taps.</summary>
    public required int KernelWidth { get; init; }

    /// <summary>Rows between two windows.</summary>
    public int StrideHeight { get; init; } = 1;

    /// <summary>Columns between two windows.</summary>
    public int StrideWidth { get; init; } = 1;

    /// <summary>Rows between two taps.</summary>
    public int DilationHeight { get; init; } = 1;

    /// <summary>Columns between two taps.</summary>
    public int DilationWidth { get; init; } = 1;

    /// <summary>Rows put above the plane.</summary>
    public int PadTop { get; init; }

    /// <summary>Columns put before it.</summary>
    public int PadLeft { get; init; }

    /// <summary>Rows put below it.</summary>
    public int PadBottom { get; init; }

    /// <summary>Columns put behind it.</summary>
    public int PadRight { get; init; }

    /// <summary>Starts from strides and dilations of 1 and no padding.</summary>
    public WindowShape()
    {
    }

    /// <summary>Elements of the plane.</summary>
    public int Area => Height * Width;

    /// <summary>Taps of a window.</summary>
    public int Taps => KernelHeight * KernelWidth;

    /// <summary>Rows of the result.</summary>
    public int OutHeight => Windows(Height, PadTop + PadBottom, KernelHeight, DilationHeight, StrideHeight);

    /// <summary>Columns of the result.</summary>
    public int OutWidth => Windows(Width, PadLeft + PadRight, KernelWidth, DilationWidth, StrideWidth);

    /// <summary>Elements of the result's plane.</summary>
    public int OutArea => OutHeight * OutWidth;

    /// <summary>Refuses what is no window.</summary>
    /// <exception cref="ArgumentException">A size is below 1, a pad below 0, or no window fits.</exception>
    public void Check()
    {
        if (Height < 1 || Width < 1 || KernelHeight < 1 || KernelWidth < 1 || StrideHeight < 1 || StrideWidth < 1 || DilationHeight < 1 || DilationWidth < 1)
            throw new ArgumentException($"Expected sizes, strides and dilations of at least 1, got {this}.");
        if (PadTop < 0 || PadLeft < 0 || PadBottom < 0 || PadRight < 0) throw new ArgumentException($"Expected pads of at least 0, got {this}.");
        if (OutHeight < 1 || OutWidth < 1) throw new ArgumentException($"Expected a window that fits into the padded plane, got {this}.");
    }

    private static int Windows(int size, int pads, int taps, int dilation, int stride)
    {
        long room = (long)size + pads - ((long)(taps - 1) * dilation + 1);
        return room < 0 ? 0 : (int)(room / stride) + 1;
    }
}
