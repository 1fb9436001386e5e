namespace Prozchain.AI.Vault;

/// <summary>
/// How a file is cut: stripes of k leaves of the leaf size; the last stripe's leaves are as short as multiples of 64 bytes
/// allow, so that its padding stays below one kibibyte and a bit. What the model root commits to.
/// </summary>
internal readonly record struct LeafLayout
{
    public const int Alignment = 64, MaxLeafSize = 16 * 1024 * 1024, MaxStripes = 1 << 20, MaxHalfStripe = 1 << 30;

    private LeafLayout(long rawSize, int leafSize, int dataPieces)
    {
        RawSize = rawSize;
        LeafSize = leafSize;
        DataPieces = dataPieces;
    }

    public long RawSize { get; }

    public int LeafSize { get; }

    public int DataPieces { get; }

    public long FullStripe => (long)LeafSize * DataPieces;

    public int StripeCount => (int)((RawSize + FullStripe - 1) / FullStripe);

    public int LeafCount => StripeCount == 0 ? 0 : (StripeCount - 1) * DataPieces + LeavesIn(StripeCount - 1);

    public static bool IsLeafSize(long size) => size is >= Alignment and <= MaxLeafSize && size % Alignment == 0;

    public static bool TryCreate(ulong rawSize, ulong leafSize, int dataPieces, out LeafLayout layout)
    {
        layout = default;
        if (dataPieces is < 1 or >= Codec.StripeCode.MaxPieces || leafSize > MaxLeafSize || !IsLeafSize((long)leafSize)) return false;
        long stripe = (long)leafSize * dataPieces;
        if (stripe > MaxHalfStripe || rawSize > (ulong)stripe * MaxStripes) return false;
        layout = new LeafLayout((long)rawSize, (int)leafSize, dataPieces);
        return true;
    }

    /// <summary>Bytes of the file in one stripe.</summary>
    public int StripeLength(int stripe) => (int)Math.Min(FullStripe, RawSize - stripe * FullStripe);

    /// <summary>Bytes of each piece of a stripe, padding included.</summary>
    public int PieceLength(int stripe) => PieceLengthOf(StripeLength(stripe), DataPieces);

    /// <summary>Leaves that hold bytes of the file, 1 to k.</summary>
    public int LeavesIn(int stripe) => (StripeLength(stripe) + PieceLength(stripe) - 1) / PieceLength(stripe);

    /// <summary>Bytes of the file in one leaf of a stripe.</summary>
    public int LeafLength(int stripe, int leafInStripe) =>
        Math.Min(PieceLength(stripe), StripeLength(stripe) - leafInStripe * PieceLength(stripe));

    /// <summary>ceil(length / k), rounded up to 64. A full stripe gives the leaf size itself.</summary>
    public static int PieceLengthOf(int stripeLength, int dataPieces)
    {
        int share = (stripeLength + dataPieces - 1) / dataPieces;
        return (share + Alignment - 1) / Alignment * Alignment;
    }
}
