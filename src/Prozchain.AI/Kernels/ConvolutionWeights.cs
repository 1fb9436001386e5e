using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The constant weights of one convolution, within ±127, in the layout of <see cref="Convolution"/> on this machine: for
/// each group panels of output channels as words, step by step. Immutable.
/// </summary>
internal sealed unsafe class ConvolutionWeights
{
    private readonly int[] _words;
    private readonly int[] _corrections;

    /// <summary>Packs weights [O, C / groups, taps].</summary>
    /// <param name="forShorts">The activations will be shorts.</param>
    /// <param name="kind">For tests: another way than the machine's own.</param>
    /// <exception cref="ArgumentException">The shape is none, or the length is not its own.</exception>
    public ConvolutionWeights(ReadOnlySpan<sbyte> weights, in ConvolutionShape shape, bool forShorts = false, DotKind? kind = null)
    {
        shape.Check();
        if (weights.Length != (long)shape.OutChannels * shape.Depth)
            throw new ArgumentException($"Expected {shape.OutChannels} x {shape.Depth} weights, got {weights.Length}.", nameof(weights));
        Shape = shape;
        bool isDepthwise = DepthwiseKernel<DotScalar>.Takes(shape);
        Kind = kind ?? (forShorts || isDepthwise ? DotKinds.ForShorts : DotKinds.ForBytes);
        IsDepthwise = isDepthwise && Kind is not (DotKind.Vnni or DotKind.Arm);
        (_words, _corrections) = Kind switch
        {
            DotKind.Avx512 => Pack<Dot512>(weights),
            DotKind.Avx2 => Pack<Dot256>(weights),
            DotKind.Vnni => Pack<DotVnni>(weights),
            DotKind.Arm => Pack<DotArm>(weights),
            _ => Pack<DotScalar>(weights),
        };
    }

    private ConvolutionWeights(in ConvolutionShape shape)
    {
        Shape = shape;
        (_words, _corrections) = ([], []);
    }

    private ConvolutionWeights(ConvolutionWeights shape, (int[] Words, int[] Corrections) parts) =>
        (Shape, _words, _corrections) = (shape.Shape, parts.Words, parts.Corrections);

    /// <summary>The convolution.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => (_words.Length + (long)_corrections.Length) * sizeof(int);

    internal DotKind Kind { get; }

    /// <summary>One channel in, one out, in every group: <see cref="DepthwiseKernel{TLanes}"/>.</summary>
    internal bool IsDepthwise { get; }

    /// <summary>What is added to each channel's bias because of the offset of activations; none where there is no offset.</summary>
    internal ReadOnlySpan<int> Corrections => _corrections;

    /// <summary>The packed words, in memory that does not move; kept alive by this object.</summary>
    internal int* Words => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));

    /// <summary>Words of one group, whose panels each hold tile rows × steps.</summary>
    internal static int GroupWords<TLanes>(in ConvolutionShape shape)
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        int whole = shape.GroupOutputs / TLanes.TileRows * TLanes.TileRows, rest = shape.GroupOutputs - whole;
        return WordPacking<TLanes, sbyte>.Steps(shape.Depth) * (whole + (rest == 0 ? 0 : DotTile<TLanes, PixelColumns>.PanelRows(rest)));
    }

    /// <summary>For tests: packs for lanes that no kind names.</summary>
    internal static ConvolutionWeights For<TLanes>(ReadOnlySpan<sbyte> weights, in ConvolutionShape shape)
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        var empty = new ConvolutionWeights(shape);
        return new ConvolutionWeights(empty, empty.Pack<TLanes>(weights));
    }

    private (int[], int[]) Pack<TLanes>(ReadOnlySpan<sbyte> weights)
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        if (IsDepthwise) return (DepthwiseKernel<TLanes>.Pack(weights, Shape), []);
        int groupWords = GroupWords<TLanes>(Shape), depth = Shape.Depth, steps = WordPacking<TLanes, sbyte>.Steps(depth);
        int[] words = GC.AllocateArray<int>(checked(groupWords * Shape.Groups), pinned: true);
        var corrections = new int[TLanes.ActivationOffset == 0 ? 0 : Shape.OutChannels];
        for (int o = 0; o < corrections.Length; o++)
            foreach (sbyte weight in weights.Slice(o * depth, depth)) corrections[o] -= TLanes.ActivationOffset * weight;

        fixed (sbyte* from = weights)
        fixed (int* into = words)
            for (int group = 0; group < Shape.Groups; group++)
                for (int row = 0; row < Shape.GroupOutputs; row += TLanes.TileRows)
                {
                    int count = Math.Min(TLanes.TileRows, Shape.GroupOutputs - row), panelRows = DotTile<TLanes, PixelColumns>.PanelRows(count);
                    sbyte* panel = from + (nint)(group * Shape.GroupOutputs + row) * depth;
                    WordPacking<TLanes, sbyte>.Rows(panel, count, depth, depth, into + (nint)group * groupWords + row * steps, panelRows, areActivations: false);
                }
        return (words, corrections);
    }
}
