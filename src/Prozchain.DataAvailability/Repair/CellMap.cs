namespace Prozchain.DataAvailability.Repair;

/// <summary>Which cells of a square are known, with counts by row, column and for the data quadrant.</summary>
internal sealed class CellMap
{
    private readonly int _width;
    private readonly bool[] _known;
    private readonly int[] _lineCounts;

    public CellMap(int width) : this(width, new bool[width * width], new int[2 * width]) { }

    private CellMap(int width, bool[] known, int[] lineCounts) => (_width, _known, _lineCounts) = (width, known, lineCounts);

    public int Count { get; private set; }

    /// <summary>Known cells of the data quadrant.</summary>
    public int DataCount { get; private set; }

    public bool this[int row, int column] => _known[row * _width + column];

    public int CountIn(Axis axis, int index) => _lineCounts[axis == Axis.Row ? index : _width + index];

    /// <summary>Makes a cell known. False if it was.</summary>
    public bool Mark(int row, int column)
    {
        ref bool known = ref _known[row * _width + column];
        if (known) return false;
        known = true;
        _lineCounts[row]++;
        _lineCounts[_width + column]++;
        Count++;
        if (row < _width / 2 && column < _width / 2) DataCount++;
        return true;
    }

    public CellMap Clone() => new(_width, [.. _known], [.. _lineCounts]) { Count = Count, DataCount = DataCount };
}
