using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Repair;

/// <summary>
/// Which row or column shows that a square was badly encoded. Each cell named is committed to, by its row root or by
/// its column root; together they contradict the root of the line.
/// </summary>
public sealed class BadEncoding
{
    internal BadEncoding(BadEncodingReason reason, AxisLine line, IReadOnlyList<CellCoordinate> cells) =>
        (Reason, Line, Cells) = (reason, line, cells);

    /// <summary>The kind of contradiction.</summary>
    public BadEncodingReason Reason { get; }

    /// <summary>The row or column.</summary>
    public AxisLine Line { get; }

    /// <summary>The cells of the line that the finding rests on: k of them, or the one in conflict.</summary>
    public IReadOnlyList<CellCoordinate> Cells { get; }
}
