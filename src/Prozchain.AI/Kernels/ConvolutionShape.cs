namespace Prozchain.AI.Kernels;

/// <summary>A convolution of channels first: x [C, H, W] with w [O, C / groups, taps] gives [O, H', W'].</summary>
internal readonly record struct ConvolutionShape
{
    /// <summary>Channels of the input, C.</summary>
    public required int InChannels { get; init; }

    /// <summary>Channels of the output, O.</summary>
    public required int OutChannels { get; init; }

    /// <summary>Parts that the channels fall into; both C and O are multiples of it.</summary>
    public int Groups { get; init; } = 1;

    /// <summary>The window over one channel.</summary>
    public required WindowShape Window { get; init; }

    /// <summary>What lies outside the plane; the input's zero point.</summary>
    public int PadValue { get; init; }

    /// <summary>Starts from one group and pads of 0.</summary>
    public ConvolutionShape()
    {
    }

    /// <summary>Input channels that an output channel sees.</summary>
    public int GroupChannels => InChannels / Groups;

    /// <summary>Output channels of one group.</summary>
    public int GroupOutputs => OutChannels / Groups;

    /// <summary>Products of one output element, K.</summary>
    public int Depth => GroupChannels * Window.Taps;

    /// <summary>Elements of the input of one instance.</summary>
    public int InElements => InChannels * Window.Area;

    /// <summary>Elements of the output of one instance.</summary>
    public int OutElements => OutChannels * Window.OutArea;

    /// <summary>Refuses what is no convolution.</summary>
    /// <exception cref="ArgumentException">Channels do not fall into the groups, or <see cref="WindowShape.Check"/> refuses.</exception>
    public void Check()
    {
        Window.Check();
        if (Groups < 1 || InChannels < 1 || OutChannels < 1 || InChannels % Groups != 0 || OutChannels % Groups != 0)
            throw new ArgumentException($"Expected channels that are multiples of the groups, got {InChannels} and {OutChannels} in {Groups} groups.");
    }
}
