namespace Prozchain.AI.Vault;

/// <summary>How far an operation is. Reported after each stripe.</summary>
/// <param name="BytesDone">Bytes of the file done.</param>
/// <param name="BytesTotal">Bytes of the file, or null when only the end will tell.</param>
/// <param name="StripesDone">Stripes done.</param>
/// <param name="StripesShared">Of a store, those among them that were stored already.</param>
public readonly record struct VaultProgress(long BytesDone, long? BytesTotal, int StripesDone, int StripesShared = 0);
