using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// A constant matrix [K, N] of signed bytes within ±127 in the layout of <see cref="Gemm"/> on this machine: panels of
/// columns, each step by step. One byte a weight. Immutable.
/// </summary>
internal sealed unsafe class GemmWeights
{
    private readonly sbyte[] _packed;
    private readonly int[] _corrections;

    /// <summary>Packs a matrix.</summary>
    /// <param name="weights">K × N values, row by row; or N × K where <paramref name="transposed"/>.</param>
    /// <param name="forShorts">The activations will be shorts.</param>
    /// <param name="kind">For tests: another way than the machine's own.</param>
    /// <exception cref="ArgumentException">The length is not K × N.</exception>
    public GemmWeights(ReadOnlySpan<sbyte> weights, int depth, int columns, bool transposed = false, bool forShorts = false, DotKind? kind = null)
    {
        if (depth < 1 || columns < 1 || weights.Length != (long)depth * columns)
            throw new ArgumentException($"Expected {depth} x {columns} weights, got {weights.Length}.", nameof(weights));
        Depth = depth;
        Columns = columns;
        Kind = kind ?? (forShorts ? DotKinds.ForShorts : DotKinds.ForBytes);
        (_packed, _corrections) = Kind switch
        {
            DotKind.Avx512 => Pack<Dot512>(weights, depth, columns, transposed),
            DotKind.Avx2 => Pack<Dot256>(weights, depth, columns, transposed),
            DotKind.Vnni => Pack<DotVnni>(weights, depth, columns, transposed),
            DotKind.Arm => Pack<DotArm>(weights, depth, columns, transposed),
            _ => Pack<DotScalar>(weights, depth, columns, transposed),
        };
    }

    private GemmWeights((sbyte[] Packed, int[] Corrections) parts, int depth, int columns) =>
        (Depth, Columns, _packed, _corrections) = (depth, columns, parts.Packed, parts.Corrections);

    /// <summary>Products of one sum, K.</summary>
    public int Depth { get; }

    /// <summary>Columns, N.</summary>
    public int Columns { get; }

    /// <summary>Bytes that it holds.</summary>
    public long Bytes => _packed.Length + (long)sizeof(int) * _corrections.Length;

    internal DotKind Kind { get; }

    /// <summary>What is added to each column's bias because of the offset of activations; none where there is no offset.</summary>
    internal ReadOnlySpan<int> Corrections => _corrections;

    /// <summary>The packed columns, in memory that does not move; kept alive by this object.</summary>
    internal sbyte* Packed => (sbyte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_packed));

    /// <summary>For tests: packs for lanes that no kind names.</summary>
    internal static GemmWeights For<TLanes>(ReadOnlySpan<sbyte> weights, int depth, int columns)
        where TLanes : unmanaged, IDotLanes<TLanes> => new(Pack<TLanes>(weights, depth, columns, transposed: false), depth, columns);

    private static (sbyte[], int[]) Pack<TLanes>(ReadOnlySpan<sbyte> weights, int depth, int columns, bool transposed)
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        int width = 2 * TLanes.Count, deep = TLanes.StepDepth, steps = (depth + deep - 1) / deep, panels = (columns + width - 1) / width;
        sbyte[] packed = GC.AllocateArray<sbyte>(checked(panels * width * steps * deep), pinned: true);
        var corrections = new int[TLanes.ActivationOffset == 0 ? 0 : columns];
        for (int k = 0; k < depth; k++)
            for (int column = 0; column < columns; column++)
            {
                sbyte weight = weights[transposed ? column * depth + k : k * columns + column];
                int panel = column / width, step = k / deep;
                packed[((panel * steps + step) * width + column % width) * deep + k % deep] = weight;
                if (corrections.Length > 0) corrections[column] -= TLanes.ActivationOffset * weight;
            }
        return (packed, corrections);
    }
}
