namespace Prozchain.DataAvailability;

/// <summary>A cell that was found to be the one its header commits to. Only <see cref="Share.TryCheck"/> makes one.</summary>
public sealed class CheckedCell
{
    internal CheckedCell(SquareHeader header, Share share) => (Header, Share) = (header, share);

    /// <summary>The header that the cell was checked against.</summary>
    public SquareHeader Header { get; }

    /// <summary>The share that passed the check, as evidence for others.</summary>
    public Share Share { get; }

    /// <summary>Where the cell stands.</summary>
    public CellCoordinate Coordinate => Share.Proof.Coordinate;

    /// <summary>The content, <see cref="SquareParameters.CellSize"/> bytes.</summary>
    public ReadOnlyMemory<byte> Content => Share.Cell;
}
