namespace Prozchain.Zk.Transforms;

/// <summary>
/// Columns of one stride, in one array or, where the runtime has none so large, in several: a segment holds whole columns. Whoever
/// works on columns in pairs or more takes them from one segment.
/// </summary>
internal sealed class ColumnMemory<TField> where TField : struct
{
    private readonly Memory<TField>[] _segments;
    private readonly int _each;

    /// <summary>Columns that lie in one piece.</summary>
    public ColumnMemory(Memory<TField> memory, ColumnLayout layout)
    {
        layout.Check(0, memory.Length, nameof(memory));
        (_segments, _each, Width, Stride) = ([memory], Math.Max(1, layout.Count), layout.Count, layout.Stride);
    }

    /// <summary>Columns that lie anywhere, at least one.</summary>
    public ColumnMemory(Memory<TField>[] columns) => (_segments, _each, Width, Stride) = (columns, 1, columns.Length, columns[0].Length);

    /// <summary>Columns in new memory.</summary>
    /// <param name="width">Columns, at least one.</param>
    /// <param name="stride">Elements from one column to the next.</param>
    /// <param name="allocate">Makes an array of at least so many elements.</param>
    /// <param name="limit">The most elements of an array, at least a stride.</param>
    public ColumnMemory(int width, int stride, Func<int, TField[]> allocate, int limit)
    {
        (Width, Stride, _each) = (width, stride, EachOf(width, stride, limit));
        _segments = new Memory<TField>[(width + _each - 1) / _each];
        for (int i = 0; i < _segments.Length; i++)
        {
            int size = Math.Min(_each, width - i * _each) * stride;
            _segments[i] = allocate(size).AsMemory(0, size);
        }
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Elements from the start of a column to that of the next of its segment.</summary>
    public int Stride { get; }

    /// <summary>Pieces.</summary>
    public int Segments => _segments.Length;

    /// <summary>A piece.</summary>
    public Memory<TField> Segment(int segment) => _segments[segment];

    /// <summary>The first column of a piece.</summary>
    public int FirstOf(int segment) => segment * _each;

    /// <summary>Where the columns of a piece lie.</summary>
    public ColumnLayout LayoutOf(int segment) => new(Math.Min(_each, Width - segment * _each), Stride);

    /// <summary>The first elements of a column.</summary>
    public Memory<TField> Column(int column, int length) => _segments[column / _each].Slice(column % _each * Stride, length);

    /// <summary>The column after the last of a column's piece.</summary>
    public int EndOf(int column) => Math.Min(Width, (column / _each + 1) * _each);

    /// <summary>Refuses memory in which columns of a length have no room.</summary>
    public void Check(int length, string name)
    {
        for (int i = 0; i < Segments; i++) LayoutOf(i).Check(length, _segments[i].Length, name);
    }

    // Pieces of about one size, and of whole groups of eight.
    private static int EachOf(int width, int stride, int limit)
    {
        int most = limit / stride;
        if (width <= most) return width;
        if (most == 0) throw new ArgumentException($"Expected columns of at most {limit} elements, got {stride}.", nameof(stride));
        int pieces = (width + most - 1) / most, each = (width + pieces - 1) / pieces;
        return Math.Min(most, (each + 7) & ~7);
    }
}
