using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Squares;

/// <summary>The bytes of a 2k × 2k square, row by row, with views of its rows and columns as shards.</summary>
internal sealed class CellGrid(SquareParameters parameters, Memory<byte> bytes)
{
    // Pieces of a half, between which cancellation is looked at, and the work of threads.
    private const int Pieces = 16;

    private readonly int _width = parameters.Width, _cell = parameters.CellSize;

    public CellGrid(SquareParameters parameters) : this(parameters, new byte[parameters.CellCount * parameters.CellSize].AsMemory()) { }

    public Memory<byte> Bytes { get; } = bytes;

    public Memory<byte> Cell(int row, int column) => Bytes.Slice((row * _width + column) * _cell, _cell);

    /// <summary>All cells of a row or column.</summary>
    public Shards Line(Axis axis, int index) => Line(axis, index, 0, _width);

    /// <summary>Cells <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1 of a row or column.</summary>
    public Shards Line(Axis axis, int index, int first, int count) => axis == Axis.Row
        ? new Shards(Bytes.Span[((index * _width + first) * _cell)..], count, _cell)
        : new Shards(Bytes.Span[((first * _width + index) * _cell)..], count, _cell, _width * _cell);

    /// <summary>
    /// Computes the other quadrants from the data: Q0 gives Q1 by rows, and both give Q2 and Q3 by columns. Rows of Q2 extended give the same
    /// Q3: the code is linear.
    /// </summary>
    /// <param name="threads">Threads to use.</param>
    /// <param name="progress">Told the fraction done, up to the given part of the whole.</param>
    /// <param name="part">What this is of the whole, 0 to 1.</param>
    /// <param name="cancellationToken">Looked at some dozen times.</param>
    public void Extend(int threads, IProgress<double>? progress, double part, CancellationToken cancellationToken)
    {
        int half = _width / 2, done = 0, pieces = Math.Min(Pieces, half);
        var options = new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken };
        Run(piece =>
        {
            for (int row = piece * half / pieces; row < (piece + 1) * half / pieces; row++) parameters.Code.Encode(Line(Axis.Row, row, 0, half), Line(Axis.Row, row, half, half));
        });
        // A code works on each unit of a shard alone, so neighbouring columns are one encoding of long shards.
        Run(piece =>
        {
            int first = piece * _width / pieces, count = (piece + 1) * _width / pieces - first, stride = _width * _cell;
            parameters.Code.Encode(
                new ReadOnlyShards(Bytes.Span[(first * _cell)..], half, count * _cell, stride), new Shards(Bytes.Span[((half * _width + first) * _cell)..], half, count * _cell, stride));
        });

        void Run(Action<int> piece)
        {
            if (threads > 1) Parallel.For(0, pieces, options, One);
            else
                for (int i = 0; i < pieces; i++) One(i);

            void One(int i)
            {
                cancellationToken.ThrowIfCancellationRequested();
                piece(i);
                progress?.Report(part * Interlocked.Increment(ref done) / (2 * pieces));
            }
        }
    }
}
