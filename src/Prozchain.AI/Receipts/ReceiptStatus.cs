namespace Prozchain.AI.Receipts;

/// <summary>What reading a receipt found.</summary>
public enum ReceiptStatus
{
    /// <summary>A receipt.</summary>
    Ok = 0,

    /// <summary>Too short, too long a key or signature, or a number not in its one form.</summary>
    Malformed,

    /// <summary>Another version of the format.</summary>
    UnsupportedVersion,

    /// <summary>Bytes are left over.</summary>
    TrailingBytes,
}
