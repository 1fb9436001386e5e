namespace Prozchain.Rollups.Batches;

/// <summary>Where the bytes of a batch go. The parts add up to the whole.</summary>
/// <param name="Transfers">Number of transfers.</param>
/// <param name="HeaderBytes">Header and the two counts of the dictionary.</param>
/// <param name="DictionaryBytes">Public keys of senders and addresses of the other accounts, once each.</param>
/// <param name="SenderBytes">Column of sender indices.</param>
/// <param name="RecipientBytes">Column of recipient indices.</param>
/// <param name="AmountBytes">Column of amounts.</param>
/// <param name="NonceBytes">First nonce of each sender.</param>
/// <param name="SignatureBytes">Column of signatures.</param>
public readonly record struct BatchStatistics(
    int Transfers, int HeaderBytes, int DictionaryBytes, int SenderBytes, int RecipientBytes, int AmountBytes, int NonceBytes, int SignatureBytes)
{
    /// <summary>Length of the batch in bytes.</summary>
    public int TotalBytes => HeaderBytes + DictionaryBytes + SenderBytes + RecipientBytes + AmountBytes + NonceBytes + SignatureBytes;

    /// <summary>All bytes over all transfers; 0 for an empty batch.</summary>
    public double BytesPerTransfer => Transfers == 0 ? 0 : (double)TotalBytes / Transfers;

    /// <summary>The same without the signatures.</summary>
    public double BytesPerTransferUnsigned => Transfers == 0 ? 0 : (double)(TotalBytes - SignatureBytes) / Transfers;
}
