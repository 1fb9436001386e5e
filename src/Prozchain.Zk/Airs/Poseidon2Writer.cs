using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Air;
using Prozchain.Zk.Commitments;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Airs;

/// <summary>
/// Writes the trace of <see cref="Poseidon2Air{TParameters}"/>: sixteen rows of one permutation's columns at a time, a lane a row, each layer's
/// state as it leaves the lanes.
/// </summary>
internal readonly ref struct Poseidon2Writer<TParameters> : ILanesKernel where TParameters : struct, IField31Parameters
{
    private const int Width = Poseidon2Columns<TParameters>.StateWidth, Rows = Poseidon2Tile<TParameters>.States, RowPiece = 256;

    private readonly Trace<Field31<TParameters>> _trace;
    private readonly int _column, _row, _rows;
    private readonly ref uint _tile;
    private readonly ref uint _boxes;

    private Poseidon2Writer(Trace<Field31<TParameters>> trace, int column, int row, Span<uint> tile, Span<uint> boxes)
    {
        _trace = trace;
        (_column, _row, _rows) = (column, row, Math.Min(Rows, trace.Height - row));
        _tile = ref MemoryMarshal.GetReference(tile);
        _boxes = ref MemoryMarshal.GetReference(boxes);
    }

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
        Span<uint> tile = stackalloc uint[Width * Rows], boxes = stackalloc uint[32 * Rows];
        ReadOnlySpan<uint> words = MemoryMarshal.Cast<Field31<TParameters>, uint>(inputs);
        for (int i = 0; i < Rows; i++)
        {
            int at = ((row + i) * permutations + permutation) * Width;
            bool isInput = row + i < trace.Height && at < words.Length;
            for (int j = 0; j < Width; j++) tile[j * Rows + i] = isInput ? words[at + j] : 0;
        }
        var writer = new Poseidon2Writer<TParameters>(trace, permutation * stride, row, tile, boxes);
        LaneDispatch.RunLanes(ref writer);
    }

    public void Run<TLanes>() where TLanes : struct, ILanes<TLanes>
    {
        Poseidon2Core<TParameters> core = Poseidon2Core<TParameters>.Width16;
        ref uint constants = ref core.LaneConstants[0];
        int column = _column, partial = core.Instance.PartialRounds;
        Keep(ref _tile, Width, ref column);
        for (int lane = 0; lane < Rows; lane += TLanes.Count) Poseidon2Rounds<TParameters, TLanes>.External(ref Unsafe.Add(ref _tile, lane), Width);
        Full<TLanes>(ref constants, ref column);
        for (int lane = 0; lane < Rows; lane += TLanes.Count)
            Poseidon2Partial<TParameters, TLanes>.Run(core, ref Unsafe.Add(ref _tile, lane), ref Unsafe.Add(ref _boxes, lane));
        Keep(ref _boxes, (1 + Poseidon2Columns<TParameters>.Registers) * partial, ref column);
        constants = ref Unsafe.Add(ref constants, core.FirstPartial + partial);
        Full<TLanes>(ref constants, ref column);
    }

    private void Full<TLanes>(ref uint constants, ref int column) where TLanes : struct, ILanes<TLanes>
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
            Keep(ref _tile, Width, ref column);
        }
    }

    private void Keep(ref uint from, int count, ref int column)
    {
        for (int i = 0; i < count; i++)
        {
            Span<uint> cells = MemoryMarshal.Cast<Field31<TParameters>, uint>(_trace.Column(column++).Slice(_row, _rows));
            MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref from, i * Rows), cells.Length).CopyTo(cells);
        }
    }
}
