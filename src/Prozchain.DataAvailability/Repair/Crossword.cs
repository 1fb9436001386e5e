namespace Prozchain.DataAvailability.Repair;

/// <summary>
/// Which cells of a square are known, with counts by row and column, and the order in which lines with at least k known
/// cells complete each other.
/// </summary>
internal sealed class Crossword
{
    private readonly int _width;
    private readonly bool[] _known;
    private readonly int[] _lineCounts;

    public Crossword(int width) : this(width, new bool[width * width], new int[2 * width]) { }

    private Crossword(int width, bool[] known, int[] lineCounts) => (_width, _known, _lineCounts) = (width, known, lineCounts);

    public int KnownCells { get; private set; }

    public bool IsKnown(int row, int column) => _known[row * _width + column];

    public int KnownIn(Axis axis, int index) => _lineCounts[Line(axis, index)];

    public void Mark(int row, int column)
    {
        if (_known[row * _width + column]) return;
        _known[row * _width + column] = true;
        _lineCounts[Line(Axis.Row, row)]++;
        _lineCounts[Line(Axis.Column, column)]++;
        KnownCells++;
    }

    /// <summary>
    /// Visits, each once, the lines that have at least half of their cells when their turn comes, and marks them complete,
    /// until no line is left to visit. False from the visitor stops the walk.
    /// </summary>
    public void Complete(Func<Axis, int, bool> visit)
    {
        var done = new bool[2 * _width];
        for (bool progress = true; progress;)
        {
            progress = false;
            for (int line = 0; line < done.Length; line++)
            {
                if (done[line] || _lineCounts[line] < _width / 2) continue;
                (Axis axis, int index) = line < _width ? (Axis.Row, line) : (Axis.Column, line - _width);
                if (!visit(axis, index)) return;
                for (int i = 0; i < _width; i++)
                {
                    if (axis == Axis.Row) Mark(index, i);
                    else Mark(i, index);
                }
                done[line] = progress = true;
            }
        }
    }

    /// <summary>What stays unknown at the end, found by counting alone. This instance is left as it is.</summary>
    public Shortfall Shortfall()
    {
        var trial = new Crossword(_width, [.. _known], [.. _lineCounts]) { KnownCells = KnownCells };
        trial.Complete((_, _) => true);
        int incomplete = 0;
        foreach (int count in trial._lineCounts)
            if (count < _width) incomplete++;
        return new Shortfall(_width * _width - trial.KnownCells, incomplete);
    }

    public Crossword Clone() => new(_width, [.. _known], [.. _lineCounts]) { KnownCells = KnownCells };

    private int Line(Axis axis, int index) => axis == Axis.Row ? index : _width + index;
}
