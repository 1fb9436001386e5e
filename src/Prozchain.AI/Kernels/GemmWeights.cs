using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// A constant matrix [K, N] of signed bytes within ±127 in the layout of <see cref="Gemm"/> on this machine: panels of
/// columns, each step by step. One byte a weight. Immutable.
/// </summary>
internal sealed unsafe class GemmWeights
{
    private readonly sbyte[] _packed = [];
    private readonly int[] _corrections = [];
    private readonly ShortSums? _shorts;

    /// <summary>Packs a matrix.</summary>
    /// <param name="weights">K × N values, row by row; or N × K where <paramref name="transposed"/>.</param>
    /// <param name="forShorts">The activations will be shorts.</param>
    /// <param name="range">Between what activations of bytes lie, if that is known.</param>
    /// <param name="kind">For tests: another way than the fastest.</param>
    /// <exception cref="ArgumentException">The length is not K × N.</exception>
    public GemmWeights(ReadOnlySpan<sbyte> weights, int depth, int columns, bool transposed = false, bool forShorts = false, ActivationRange? range = null, DotKind? kind = null)
    {
        if (depth < 1 || columns < 1 || weights.Length != (long)depth * columns)
            throw new ArgumentException($"Expected {depth} x {columns} weights, got {weights.Length}.", nameof(weights));
        Depth = depth;
        Columns = columns;
        Kind = kind ?? (forShorts ? DotKinds.ForShorts : DotKinds.ForBytes);
        var packing = new Packing(weights, depth, columns, transposed, range ?? ActivationRange.Any);
        if (kind is null && !forShorts && DotKinds.ForShortSums(range ?? ActivationRange.Any) is { } faster)
        {
            DotKinds.Call<Packing, bool>(faster, ref packing);
            if (packing.Shorts!.IsWorthwhile) Kind = faster;
        }
        if (packing.Shorts is null || !packing.Shorts.IsWorthwhile) DotKinds.Call<Packing, bool>(Kind, ref packing);
        (_packed, _corrections, _shorts) = (packing.Packed, packing.Corrections, packing.Shorts);
    }

    private GemmWeights(in Packing packing, int depth, int columns) =>
        (Depth, Columns, _packed, _corrections) = (depth, columns, packing.Packed, packing.Corrections);

    /// <summary>Products of one sum, K.</summary>
    public int Depth { get; }

    /// <summary>Columns, N.</summary>
    public int Columns { get; }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => _packed.Length + (long)sizeof(int) * _corrections.Length + (_shorts?.Bytes ?? 0);

    internal DotKind Kind { get; }

    /// <summary>What is added to each column's bias because of the offset of activations and of shorts; none where there is neither.</summary>
    internal ReadOnlySpan<int> Corrections => _corrections;

    /// <summary>The packed columns, in memory that does not move; kept alive by this object.</summary>
    internal sbyte* Packed => (sbyte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_packed));

    /// <summary>One panel of columns, of lanes that add up in shorts.</summary>
    internal ShortPanel Panel(int panel) => _shorts![panel];

    /// <summary>For tests: packs for lanes that no kind names.</summary>
    internal static GemmWeights For<TLanes>(ReadOnlySpan<sbyte> weights, int depth, int columns)
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        var packing = new Packing(weights, depth, columns, transposed: false, ActivationRange.Any);
        packing.On<TLanes>();
        return new GemmWeights(packing, depth, columns);
    }

    /// <summary>Packs for the lanes of a kind.</summary>
    private ref struct Packing(ReadOnlySpan<sbyte> weights, int depth, int columns, bool transposed, ActivationRange range) : ILaneCall<bool>
    {
        private readonly ReadOnlySpan<sbyte> _weights = weights;

        public sbyte[] Packed { get; private set; } = [];

        public int[] Corrections { get; private set; } = [];

        public ShortSums? Shorts { get; private set; }

        public bool On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes>
        {
            int width = 2 * TLanes.Count, deep = TLanes.StepDepth, steps = (depth + deep - 1) / deep, panels = (columns + width - 1) / width;
            Packed = GC.AllocateArray<sbyte>(checked(panels * width * steps * deep), pinned: true);
            Corrections = new int[TLanes.ActivationOffset == 0 && !TLanes.SumsShorts ? 0 : columns];
            for (int k = 0; k < depth; k++)
                for (int column = 0; column < columns; column++)
                {
                    sbyte weight = _weights[transposed ? column * depth + k : k * columns + column];
                    int panel = column / width, step = k / deep;
                    Packed[((panel * steps + step) * width + column % width) * deep + k % deep] = weight;
                    if (TLanes.ActivationOffset != 0) Corrections[column] -= TLanes.ActivationOffset * weight;
                }
            Shorts = null;
            if (!TLanes.SumsShorts) return true;
            int[] places = [.. Enumerable.Repeat(width, panels)], middles = new int[width * panels];
            Shorts = new ShortSums(MemoryMarshal.Cast<sbyte, int>(Packed), places, steps, range.Low + TLanes.ActivationOffset, range.High + TLanes.ActivationOffset, middles);
            Packed = [];
            for (int column = 0; column < columns; column++) Corrections[column] += middles[column];
            return true;
        }
    }
}
