namespace Prozchain.DataAvailability.Squares;

/// <summary>What a reader of shares found.</summary>
public enum SquareReadResult
{
    /// <summary>The one form of what was written.</summary>
    Ok = 0,

    /// <summary>Not whole shares, not k × k of them with k a power of two up to 512, or more shares than the blob has.</summary>
    WrongSize = 1,

    /// <summary>A share version that is not known, or not allowed in its namespace.</summary>
    UnknownVersion = 2,

    /// <summary>A namespace that is none for the shares that carry it.</summary>
    BadNamespace = 3,

    /// <summary>A namespace below that of an earlier share, or transactions in two sequences.</summary>
    BadOrder = 4,

    /// <summary>A share goes on with a sequence that never began.</summary>
    MissingStart = 5,

    /// <summary>The shares end, or another sequence begins, before this one is complete; or its length is none.</summary>
    BadLength = 6,

    /// <summary>A byte is not zero where nothing is held.</summary>
    BadPadding = 7,

    /// <summary>The lengths before the transactions, or the places where shares say that one begins, are wrong.</summary>
    BadTransactions = 8,

    /// <summary>A transaction that pays for blobs is not wrapped with the places where blobs begin.</summary>
    BadIndexes = 9,
}
