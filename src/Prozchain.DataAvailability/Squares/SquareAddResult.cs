namespace Prozchain.DataAvailability.Squares;

/// <summary>Whether a builder took a transaction or blob.</summary>
public enum SquareAddResult
{
    /// <summary>It did.</summary>
    Added = 0,

    /// <summary>The square has no room for it; smaller ones may still fit.</summary>
    Full = 1,

    /// <summary>A transaction without bytes.</summary>
    Empty = 2,

    /// <summary>An ordinary transaction after one with blobs, or either after one that pays for a blob outside the square.</summary>
    OutOfOrder = 3,

    /// <summary>It claims to carry blobs, and <see cref="BlobTransaction.TryRead"/> refuses it.</summary>
    BadBlobTransaction = 4,
}
