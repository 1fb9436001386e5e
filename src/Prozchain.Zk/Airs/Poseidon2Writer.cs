using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Writes the columns of <see cref="Poseidon2Cells{TParameters}"/>: sixteen rows of one permutation at a time, a lane a row, each layer's
/// state as it leaves the lanes.
/// </summary>
internal readonly ref struct Poseidon2Writer<TParameters> : ILanesKernel where TParameters : struct, IField31Parameters
{
    private const int Width = Poseidon2Columns<TParameters>.StateWidth, Rows = Poseidon2Tile<TParameters>.States, RowPiece = 256;

    private readonly Trace<Field31<TParameters>> _trace;
    private readonly int _column, _row, _rows, _first, _outputs;
    private readonly ref uint _tile;
    private readonly ref uint _boxes;

    private Poseidon2Writer(Trace<Field31<TParameters>> trace, int column, int row, int rows, int first, int outputs, Span<uint> tile, Span<uint> boxes)
    {
        (_trace, _column, _row, _rows, _first, _outputs) = (trace, column, row, rows, first, outputs);
        _tile = ref MemoryMarshal.GetReference(tile);
        _boxes = ref MemoryMarshal.GetReference(boxes);
    }

    /// <summary>As <see cref="IPermutationCells{TField}.Fill"/>.</summary>
    public static void Fill(Trace<Field31<TParameters>> trace, int at, int row, int rows, int first, int outputs, Span<Field31<TParameters>> tile)
    {
        PermutationCells.CheckFill(trace, tile, rows, first, outputs);
        Span<uint> boxes = stackalloc uint[32 * Rows];
        var writer = new Poseidon2Writer<TParameters>(trace, at, row, rows, first, outputs, MemoryMarshal.Cast<Field31<TParameters>, uint>(tile), boxes);
        LaneDispatch.RunLanes(ref writer);
    }

    /// <summary>Writes whole tables of permutations, inputs included, as <see cref="Poseidon2Air{TParameters}"/> has them.</summary>
    public static void Fill(
        Trace<Field31<TParameters>> trace, int permutations, int stride, ReadOnlyMemory<Field31<TParameters>> inputs, int threads, CancellationToken cancellation = default) =>
        // A visit to a permutation's columns fills several cache lines of each.
        WorkRanges.Run(trace.Height, RowPiece, threads, (first, count) =>
        {
            for (int permutation = 0; permutation < permutations; permutation++)
                for (int row = first; row < first + count; row += Rows) Write(trace, permutation, permutations, stride, row, inputs.Span);
        }, cancellation);

    private static void Write(Trace<Field31<TParameters>> trace, int permutation, int permutations, int stride, int row, ReadOnlySpan<Field31<TParameters>> inputs)
    {
        Span<Field31<TParameters>> tile = stackalloc Field31<TParameters>[Width * Rows];
        int rows = Math.Min(Rows, trace.Height - row), column = permutation * stride;
        for (int i = 0; i < Rows; i++)
        {
            int at = ((row + i) * permutations + permutation) * Width;
            bool isInput = i < rows && at < inputs.Length;
            for (int j = 0; j < Width; j++) tile[j * Rows + i] = isInput ? inputs[at + j] : default;
        }
        for (int j = 0; j < Width; j++) tile.Slice(j * Rows, rows).CopyTo(trace.Column(column + j)[row..]);
        Fill(trace, column + Width, row, rows, 0, Width, tile);
    }

    public void Run<TLanes>() where TLanes : struct, ILanes<TLanes>
    {
        Poseidon2Core<TParameters> core = Poseidon2Core<TParameters>.Width16;
        ref uint constants = ref core.LaneConstants[0];
        int column = _column, partial = core.Instance.PartialRounds;
        for (int lane = 0; lane < Rows; lane += TLanes.Count) Poseidon2Rounds<TParameters, TLanes>.External(ref Unsafe.Add(ref _tile, lane), Width);
        Full<TLanes>(ref constants, ref column, 0, Width);
        for (int lane = 0; lane < Rows; lane += TLanes.Count)
            Poseidon2Partial<TParameters, TLanes>.Run(core, ref Unsafe.Add(ref _tile, lane), ref Unsafe.Add(ref _boxes, lane));
        Keep(ref _boxes, (1 + Poseidon2Columns<TParameters>.Registers) * partial, ref column);
        constants = ref Unsafe.Add(ref constants, core.FirstPartial + partial);
        Full<TLanes>(ref constants, ref column, _first, _outputs);
    }

    // Of the last round the elements from a first one on are kept.
    private void Full<TLanes>(ref uint constants, ref int column, int first, int outputs) where TLanes : struct, ILanes<TLanes>
    {
        for (int round = 0; round < Poseidon2Columns<TParameters>.HalfFull; round++)
        {
            ref uint here = ref Unsafe.Add(ref constants, round * Width);
            if (Poseidon2Columns<TParameters>.Registers != 0)
            {
                for (int lane = 0; lane < Rows; lane += TLanes.Count)
                    Poseidon2Rounds<TParameters, TLanes>.Cubes(ref Unsafe.Add(ref _tile, lane), ref here, Width, ref Unsafe.Add(ref _boxes, lane));
                Keep(ref _boxes, Width, ref column);
            }
            for (int lane = 0; lane < Rows; lane += TLanes.Count) Poseidon2Rounds<TParameters, TLanes>.Full(ref Unsafe.Add(ref _tile, lane), ref here, Width);
            bool isLast = round == Poseidon2Columns<TParameters>.HalfFull - 1;
            Keep(ref Unsafe.Add(ref _tile, isLast ? first * Rows : 0), isLast ? outputs : Width, ref column);
        }
    }

    private void Keep(ref uint from, int count, ref int column)
    {
        for (int i = 0; i < count; i++)
        {
            Span<uint> cells = MemoryMarshal.Cast<Field31<TParameters>, uint>(_trace.Column(column++).Slice(_row, _rows));
            if (cells.Length == Vector512<uint>.Count) Vector512.LoadUnsafe(ref from, (nuint)(i * Rows)).StoreUnsafe(ref MemoryMarshal.GetReference(cells));
            else MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref from, i * Rows), cells.Length).CopyTo(cells);
        }
    }
}
