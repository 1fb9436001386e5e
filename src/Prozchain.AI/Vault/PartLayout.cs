namespace Prozchain.AI.Vault;

/// <summary>
/// How one part of a file is cut: stripes of k leaves of the leaf size; the last stripe's leaves are as short as multiples of
/// 64 bytes allow, so that its padding stays below 64 bytes a piece.
/// </summary>
internal readonly record struct PartLayout(long Length, int LeafSize, int DataPieces)
{
    public const int Alignment = 64, MaxLeafSize = 16 * 1024 * 1024, MaxStripes = 1 << 20, MaxHalfStripe = 1 << 30;

    public int FullStripe => LeafSize * DataPieces;

    public int StripeCount => (int)((Length + FullStripe - 1) / FullStripe);

    public static bool IsLeafSize(long size) => size is >= Alignment and <= MaxLeafSize && size % Alignment == 0;

    /// <summary>Whether those three are possible together, whatever the length.</summary>
    public static bool IsCode(ulong leafSize, int dataPieces, int parityPieces) =>
        leafSize <= MaxLeafSize && IsLeafSize((long)leafSize) && dataPieces >= 1 && parityPieces >= 1
        && dataPieces + parityPieces <= Codec.StripeCode.MaxPieces
        && (long)leafSize * dataPieces <= MaxHalfStripe && (long)leafSize * parityPieces <= MaxHalfStripe;

    /// <summary>Bytes of the part in one of its stripes.</summary>
    public int StripeLength(int stripe) => (int)Math.Min(FullStripe, Length - (long)stripe * FullStripe);

    /// <summary>Bytes of a leaf of a stripe of so many bytes, but for its last: ceil(length / k), rounded up to 64.</summary>
    public static int LeafLengthOf(int stripeLength, int dataPieces) => RoundUp((stripeLength + dataPieces - 1) / dataPieces);

    /// <summary>Leaves that hold bytes, 1 to k.</summary>
    public static int LeavesOf(int stripeLength, int dataPieces)
    {
        int leaf = LeafLengthOf(stripeLength, dataPieces);
        return (stripeLength + leaf - 1) / leaf;
    }

    public static int RoundUp(int length) => (length + Alignment - 1) / Alignment * Alignment;
}
