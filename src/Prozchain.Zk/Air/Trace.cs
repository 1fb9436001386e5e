using System.Numerics;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Air;

/// <summary>
/// A table of field elements by columns, each contiguous, a power of two of rows. A view of the caller's memory, or described by what it is
/// made from and then made where it is needed: on a prover's device, or here when a cell is first asked for. Not thread-safe while it
/// is written.
/// </summary>
/// <typeparam name="TField">The field.</typeparam>
public sealed class Trace<TField> where TField : struct, IField<TField>
{
    private readonly Lock? _making;
    private readonly int _threads;
    private Memory<TField>[]? _columns;

    /// <summary>A table of zeros that belongs to whoever works on it: a prover may overwrite it.</summary>
    /// <exception cref="ArgumentException">A height that is no power of two.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A width or height below 1.</exception>
    public Trace(int width, int height) : this(Allocate(width, height), isOwned: true) { }

    /// <summary>A table that is described: it has no cells until somebody asks for one here.</summary>
    /// <param name="source">What makes it.</param>
    /// <param name="threads">Threads that make it here.</param>
    internal Trace(TraceSource<TField> source, int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (Source, _threads, _making) = (source, threads, new());
        (Width, Height, IsOwned) = (source.Width, source.Height, true);
    }

    private Trace(Memory<TField>[] columns, bool isOwned)
    {
        if (columns.Length == 0) throw new ArgumentException("Expected at least one column, got none.", nameof(columns));
        (Width, Height) = (columns.Length, columns[0].Length);
        if (!BitOperations.IsPow2(Height)) throw new ArgumentException($"Expected a power of two of rows, got {Height}.", nameof(columns));
        for (int i = 1; i < columns.Length; i++)
        {
            if (columns[i].Length != Height) throw new ArgumentException($"Expected {Height} rows, got {columns[i].Length} in column {i}.", nameof(columns));
        }
        _columns = columns;
        IsOwned = isOwned;
    }

    /// <summary>
    /// A table of zeros with memory behind each column for its extension by 2^<paramref name="logBlowup"/>: a prover of that blowup
    /// extends it in place, where the table is neither hidden nor asked by lookups, so that it takes no memory besides. It may be
    /// filled again for the next proof, which finds the memory warm.
    /// </summary>
    /// <exception cref="ArgumentException">A height that is no power of two.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A width or height below 1, a blowup that is not 1 to 8, or columns of more than 2^30 elements.</exception>
    public static Trace<TField> WithRoom(int width, int height, int logBlowup) => WithRoom(width, height, logBlowup, Array.MaxLength);

    /// <summary>The same, in arrays of limited size.</summary>
    internal static Trace<TField> WithRoom(int width, int height, int logBlowup, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (logBlowup is < 1 or > 8) throw new ArgumentOutOfRangeException(nameof(logBlowup), logBlowup, "Expected 1 to 8.");
        if (height > 1 << 30 - logBlowup) throw new ArgumentOutOfRangeException(nameof(height), height, $"Expected at most 2^{30 - logBlowup} rows.");
        ColumnMemory<TField> memory = new(width, ColumnLayout.PaddedStride(height << logBlowup), size => new TField[size], limit);
        var columns = new Memory<TField>[width];
        for (int i = 0; i < width; i++) columns[i] = memory.Column(i, height);
        return new(columns, isOwned: true) { Room = new(memory, logBlowup) };
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows, a power of two.</summary>
    public int Height { get; }

    /// <summary>Whether who receives the table may overwrite it.</summary>
    public bool IsOwned { get; }

    /// <summary>A view of columns that stay the caller's: a prover only reads them.</summary>
    /// <exception cref="ArgumentException">No column, unequal lengths, or a length that is no power of two.</exception>
    public static Trace<TField> Borrow(IEnumerable<Memory<TField>> columns) => new([.. columns], isOwned: false);

    /// <summary>A view of columns that the caller gives away: a prover may overwrite them, which saves a copy.</summary>
    /// <exception cref="ArgumentException">No column, unequal lengths, or a length that is no power of two.</exception>
    public static Trace<TField> TakeOwnership(IEnumerable<Memory<TField>> columns) => new([.. columns], isOwned: true);

    /// <summary>A cell.</summary>
    /// <exception cref="IndexOutOfRangeException">No such column or row.</exception>
    public ref TField this[int column, int row] => ref Columns[column].Span[row];

    /// <summary>A column.</summary>
    /// <exception cref="IndexOutOfRangeException">No such column.</exception>
    public Span<TField> Column(int column) => Columns[column].Span;

    /// <summary>
    /// Gives the memory of an owned table back to the collector, whoever still holds the table; one with room keeps it, to be
    /// filled again for another proof, and one that is described has none to give.
    /// </summary>
    internal void Release()
    {
        if (IsOwned && Room is null && _columns is not null) _columns = [];
    }

    /// <summary>Whether a prover has had the memory.</summary>
    internal bool IsReleased => _columns is { Length: 0 };

    /// <summary>What makes the cells, or null where they are there: then they may have been changed.</summary>
    internal TraceSource<TField>? Source { get; private set; }

    /// <summary>The memory of a table with room, or null.</summary>
    internal TraceRoom<TField>? Room { get; private init; }

    /// <summary>Makes the cells of a table that is described, unless they are there.</summary>
    /// <param name="threads">How many may work.</param>
    /// <param name="cancellation">Looked at between pieces of the work, of which nothing is left then.</param>
    internal void Make(int threads, CancellationToken cancellation)
    {
        if (_columns is null) MakeCells(threads, cancellation);
    }

    /// <summary>A column, to pin.</summary>
    internal Memory<TField> ColumnMemory(int column) => Columns[column];

    /// <summary>Copies a row.</summary>
    /// <param name="row">0 to <see cref="Height"/> - 1.</param>
    /// <param name="destination">At least <see cref="Width"/> elements.</param>
    public void CopyRow(int row, Span<TField> destination)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, Width);
        Memory<TField>[] columns = Columns;
        for (int i = 0; i < columns.Length; i++) destination[i] = columns[i].Span[row];
    }

    private Memory<TField>[] Columns => _columns ?? MakeCells(_threads, default);

    private Memory<TField>[] MakeCells(int threads, CancellationToken cancellation)
    {
        lock (_making!)
        {
            if (_columns is { } made) return made;
            Memory<TField>[] columns = Allocate(Width, Height);
            Source!.Fill(new(columns, isOwned: true), threads, cancellation);
            Source = null;
            Volatile.Write(ref _columns, columns);
            return columns;
        }
    }

    private static Memory<TField>[] Allocate(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        var columns = new Memory<TField>[width];
        for (int i = 0; i < width; i++) columns[i] = new TField[height];
        return columns;
    }
}

/// <summary>The memory of a table whose columns have room for their extension.</summary>
internal sealed record TraceRoom<TField>(ColumnMemory<TField> Memory, int LogBlowup) where TField : struct;
