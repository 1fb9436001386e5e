using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The constant weights of one convolution, within ±127, in the layout of <see cref="Convolution"/> on this machine: for
/// each group panels of output channels as words, step by step. Immutable.
/// </summary>
internal sealed unsafe class ConvolutionWeights
{
    private readonly int[] _words = [];
    private readonly int[] _corrections = [];
    private readonly ShortSums? _shorts;
    private readonly int _groupPanels;

    /// <summary>Packs weights [O, C / groups, taps].</summary>
    /// <param name="forShorts">The activations will be shorts.</param>
    /// <param name="range">Between what activations of bytes and the padding lie, if that is known.</param>
    /// <param name="kind">For tests: another way than the fastest.</param>
    /// <exception cref="ArgumentException">The shape is none, or the length is not its own.</exception>
    public ConvolutionWeights(ReadOnlySpan<sbyte> weights, in ConvolutionShape shape, bool forShorts = false, ActivationRange? range = null, DotKind? kind = null)
    {
        shape.Check();
        if (weights.Length != (long)shape.OutChannels * shape.Depth)
            throw new ArgumentException($"Expected {shape.OutChannels} x {shape.Depth} weights, got {weights.Length}.", nameof(weights));
        Shape = shape;
        bool isDepthwise = DepthwiseKernel<DotScalar>.Takes(shape);
        fixed (sbyte* from = weights)
        {
            Kind = kind ?? (forShorts || isDepthwise ? DotKinds.ForShorts : DotKinds.ForBytes);
            var packing = new Packing(from, shape, range ?? ActivationRange.Any);
            if (kind is null && !forShorts && !isDepthwise && DotKinds.ForShortSums(range ?? ActivationRange.Any, shape.Window.OutArea) is { } faster)
            {
                DotKinds.Call<Packing, bool>(faster, ref packing);
                if (packing.Shorts!.IsWorthwhile) Kind = faster;
            }
            IsDepthwise = isDepthwise && DotKinds.TakesShorts(Kind);
            if (IsDepthwise)
            {
                _words = DepthwiseKernel<DotScalar>.Pack(weights, Shape);
                return;
            }
            if (packing.Shorts is null || !packing.Shorts.IsWorthwhile) DotKinds.Call<Packing, bool>(Kind, ref packing);
            (_words, _corrections, _shorts, _groupPanels) = (packing.Words, packing.Corrections, packing.Shorts, packing.GroupPanels);
        }
    }

    private ConvolutionWeights(in ConvolutionShape shape, in Packing packing) =>
        (Shape, _words, _corrections) = (shape, packing.Words, packing.Corrections);

    /// <summary>The convolution.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => (_words.Length + (long)_corrections.Length) * sizeof(int) + (_shorts?.Bytes ?? 0);

    internal DotKind Kind { get; }

    /// <summary>One channel in, one out, in every group: <see cref="DepthwiseKernel{TLanes}"/>.</summary>
    internal bool IsDepthwise { get; }

    /// <summary>What is added to each channel's bias because of the offset of activations and of shorts; none where there is neither.</summary>
    internal ReadOnlySpan<int> Corrections => _corrections;

    /// <summary>The packed words, in memory that does not move; kept alive by this object.</summary>
    internal int* Words => (int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words));

    /// <summary>One panel of channels of a group, of lanes that add up in shorts.</summary>
    internal ShortPanel Panel(int group, int panel) => _shorts![group * _groupPanels + panel];

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
        fixed (sbyte* from = weights)
        {
            var packing = new Packing(from, shape, ActivationRange.Any);
            packing.On<TLanes>();
            return new ConvolutionWeights(shape, packing);
        }
    }

    /// <summary>Packs for the lanes of a kind.</summary>
    private struct Packing(sbyte* weights, ConvolutionShape shape, ActivationRange range) : ILaneCall<bool>
    {
        public int[] Words { get; private set; } = [];

        public int[] Corrections { get; private set; } = [];

        public ShortSums? Shorts { get; private set; }

        public int GroupPanels { get; private set; }

        public bool On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes>
        {
            int groupWords = GroupWords<TLanes>(shape), depth = shape.Depth, steps = WordPacking<TLanes, sbyte>.Steps(depth);
            GroupPanels = (shape.GroupOutputs + TLanes.TileRows - 1) / TLanes.TileRows;
            var places = new int[GroupPanels * shape.Groups];
            Words = GC.AllocateArray<int>(checked(groupWords * shape.Groups), pinned: true);
            Corrections = new int[TLanes.ActivationOffset == 0 && !TLanes.SumsShorts ? 0 : shape.OutChannels];
            for (int o = 0; o < Corrections.Length && TLanes.ActivationOffset != 0; o++)
                for (int k = 0; k < depth; k++) Corrections[o] -= TLanes.ActivationOffset * weights[(nint)o * depth + k];

            fixed (int* into = Words)
                for (int panel = 0; panel < places.Length; panel++)
                {
                    int group = panel / GroupPanels, row = panel % GroupPanels * TLanes.TileRows, count = Math.Min(TLanes.TileRows, shape.GroupOutputs - row);
                    places[panel] = DotTile<TLanes, PixelColumns>.PanelRows(count);
                    sbyte* from = weights + (nint)(group * shape.GroupOutputs + row) * depth;
                    WordPacking<TLanes, sbyte>.Rows(from, count, depth, depth, into + (nint)group * groupWords + row * steps, places[panel], areActivations: false);
                }
            Shorts = null;
            if (!TLanes.SumsShorts) return true;
            var middles = new int[places.Sum()];
            Shorts = new ShortSums(Words, places, steps, range.Low + TLanes.ActivationOffset, range.High + TLanes.ActivationOffset, middles);
            Words = [];
            for (int panel = 0, place = 0; panel < places.Length; place += places[panel++])
            {
                int row = panel % GroupPanels * TLanes.TileRows, count = Math.Min(TLanes.TileRows, shape.GroupOutputs - row);
                for (int i = 0; i < count; i++) Corrections[panel / GroupPanels * shape.GroupOutputs + row + i] += middles[place + i];
            }
            return true;
        }
    }
}
