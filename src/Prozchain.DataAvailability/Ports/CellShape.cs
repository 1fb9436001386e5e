namespace Prozchain.DataAvailability.Ports;

/// <summary>The sizes of an <see cref="ICellProofs"/>. EIP-7594: 128 cells of 2048 bytes, 64 of them data, 48 and 48 bytes.</summary>
/// <param name="CellCount">Cells of an extended blob.</param>
/// <param name="DataCellCount">The first cells, which are the blob, and how many cells restore all.</param>
/// <param name="CellSize">Bytes of a cell.</param>
/// <param name="CommitmentSize">Bytes of a commitment.</param>
/// <param name="ProofSize">Bytes of the proof of one cell.</param>
public readonly record struct CellShape(int CellCount, int DataCellCount, int CellSize, int CommitmentSize, int ProofSize)
{
    /// <summary>Bytes of a blob.</summary>
    public int BlobSize => DataCellCount * CellSize;

    /// <summary>Bytes of all cells of a blob.</summary>
    public int CellsSize => CellCount * CellSize;

    /// <summary>Bytes of a proof for each cell of a blob.</summary>
    public int ProofsSize => CellCount * ProofSize;
}
