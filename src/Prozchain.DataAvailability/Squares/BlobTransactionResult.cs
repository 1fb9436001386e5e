namespace Prozchain.DataAvailability.Squares;

/// <summary>What a reader of a transaction with blobs found.</summary>
public enum BlobTransactionResult
{
    /// <summary>A transaction with blobs.</summary>
    Ok = 0,

    /// <summary>Something else: an ordinary transaction, as far as this format goes.</summary>
    NotBlobTransaction = 1,

    /// <summary>A field that the format does not have.</summary>
    UnknownField = 2,

    /// <summary>No blobs.</summary>
    NoBlobs = 3,

    /// <summary>The transaction inside is itself one with blobs.</summary>
    Nested = 4,

    /// <summary>A blob that <see cref="Blob.Check"/> refuses.</summary>
    BadBlob = 5,
}
