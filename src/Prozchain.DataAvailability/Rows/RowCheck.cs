namespace Prozchain.DataAvailability.Rows;

/// <summary>Whether a row, or the RLC of all data rows, is what a commitment commits to.</summary>
public enum RowCheck
{
    /// <summary>It is.</summary>
    Valid = 0,

    /// <summary>The index is not below the number of rows.</summary>
    OutsideRows = 1,

    /// <summary>The row has not the commitment's row size, or a path or vector not the length that its shape asks for.</summary>
    WrongSize = 2,

    /// <summary>The paths or the vector do not lead from here to the commitment: whoever sent this is wrong.</summary>
    BadProof = 3,

    /// <summary>
    /// The producer committed to this row, but it is not the one that the code makes: whoever committed is wrong, and
    /// the row with its proof and the <see cref="RlcVector"/> shows it to everyone.
    /// </summary>
    NotACodeword = 4,

    /// <summary>A parity row, or a proof without a path into the RLCs: it can be checked by a <see cref="RowVerifier"/> only.</summary>
    NeedsVector = 5,
}
