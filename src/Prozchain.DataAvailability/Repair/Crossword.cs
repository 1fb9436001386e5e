namespace Prozchain.DataAvailability.Repair;

/// <summary>
/// Which cells of a square are given, and which would be known once every line with at least k known cells has completed itself: kept up to
/// date with every cell, in constant time on average, so that nothing needs to be tried to know whether a repair will succeed.
/// </summary>
internal sealed class Crossword
{
    private readonly int _width;
    private readonly CellMap _reachable;
    private readonly List<(Axis Axis, int Index)> _order = [];

    public Crossword(int width) => (_width, Given, _reachable) = (width, new(width), new(width));

    /// <summary>Cells that were given.</summary>
    public CellMap Given { get; }

    /// <summary>Lines that complete themselves, each once, in an order in which each has enough cells when its turn comes.</summary>
    public IReadOnlyList<(Axis Axis, int Index)> Order => _order;

    /// <summary>What stays unknown at the end.</summary>
    public Shortfall Shortfall()
    {
        int incomplete = 0;
        for (int i = 0; i < _width; i++)
        {
            if (_reachable.CountIn(Axis.Row, i) < _width) incomplete++;
            if (_reachable.CountIn(Axis.Column, i) < _width) incomplete++;
        }
        return new Shortfall(_width * _width - _reachable.Count, incomplete);
    }

    /// <summary>A cell is given.</summary>
    public void Mark(int row, int column)
    {
        Given.Mark(row, column);
        if (!_reachable.Mark(row, column)) return;
        int next = _order.Count;
        Reach(row, column);
        // What a line adds may be what another waits for.
        for (; next < _order.Count; next++)
        {
            (Axis axis, int index) = _order[next];
            for (int i = 0; i < _width; i++)
            {
                (int r, int c) = axis == Axis.Row ? (index, i) : (i, index);
                if (_reachable.Mark(r, c)) Reach(r, c);
            }
        }
    }

    private void Reach(int row, int column)
    {
        if (_reachable.CountIn(Axis.Row, row) == _width / 2) _order.Add((Axis.Row, row));
        if (_reachable.CountIn(Axis.Column, column) == _width / 2) _order.Add((Axis.Column, column));
    }
}
