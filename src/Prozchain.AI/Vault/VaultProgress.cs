namespace Prozchain.AI.Vault;

/// <summary>How far an operation is. Reported after each stripe.</summary>
/// <param name="BytesDone">Bytes of the file done.</param>
/// <param name="BytesTotal">Bytes of the file, or null when only the end will tell.</param>
/// <param name="StripesDone">Stripes done.</param>
/// <param name="StripesShared">Of a store or a move, those among them that were stored already.</param>
/// <param name="PiecesUnwritten">Of a store or a move, pieces of the stripes done that their stores did not take.</param>
/// <param name="Unwritten">Those of the stripe that was done last; null for none.</param>
public readonly record struct VaultProgress(long BytesDone, long? BytesTotal, int StripesDone, int StripesShared = 0,
    int PiecesUnwritten = 0, IReadOnlyList<PieceFault>? Unwritten = null);
