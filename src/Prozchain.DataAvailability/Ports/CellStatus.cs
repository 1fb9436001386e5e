namespace Prozchain.DataAvailability.Ports;

/// <summary>How an operation on cells ended.</summary>
public enum CellStatus
{
    /// <summary>Done, or valid.</summary>
    Ok = 0,

    /// <summary>The bytes are no blob, for instance because a field element is not reduced.</summary>
    BadBlob = 1,

    /// <summary>A cell, a proof, an index or a commitment is not what it is said to be.</summary>
    BadProof = 2,

    /// <summary>Fewer cells than restore a blob.</summary>
    NotEnough = 3,

    /// <summary>Indices that are not strictly ascending or not below the number of cells.</summary>
    BadIndices = 4,

    /// <summary>The cells restore to something else than what was committed to.</summary>
    BadEncoding = 5,
}
