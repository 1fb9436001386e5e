namespace Prozchain.AI.Vault;

/// <summary>How a stored model is cut, coded and counted. Always consistent: made by the vault or by a checked manifest.</summary>
public sealed class VaultGeometry
{
    private VaultGeometry(LeafLayout layout, int parityPieces)
    {
        Layout = layout;
        ParityPieces = parityPieces;
    }

    /// <summary>Bytes of the file.</summary>
    public long RawSize => Layout.RawSize;

    /// <summary>Bytes of a leaf of every stripe but the last, whose leaves are as short as multiples of 64 allow.</summary>
    public int LeafSize => Layout.LeafSize;

    /// <summary>Data pieces of a stripe, k.</summary>
    public int DataPieces => Layout.DataPieces;

    /// <summary>Parity pieces of a stripe, m: how many of its pieces may be lost.</summary>
    public int ParityPieces { get; }

    /// <summary>All pieces of a stripe, k + m.</summary>
    public int TotalPieces => DataPieces + ParityPieces;

    /// <summary>Stripes of the file; 0 for an empty file.</summary>
    public int StripeCount => Layout.StripeCount;

    /// <summary>Leaves of the file; 0 for an empty file.</summary>
    public int LeafCount => Layout.LeafCount;

    /// <summary>Bytes that all stores hold together: pieces with their proofs.</summary>
    public long StoredSize
    {
        get
        {
            if (StripeCount == 0) return 0;
            long full = StripeBytes(LeafSize), last = StripeBytes(Layout.PieceLength(StripeCount - 1));
            return full * (StripeCount - 1) + last;
        }
    }

    /// <summary>Stored bytes per byte of the file; 0 for an empty file.</summary>
    public double StoredRatio => RawSize == 0 ? 0 : (double)StoredSize / RawSize;

    internal LeafLayout Layout { get; }

    /// <summary>Bytes of each piece of a stripe, padding included, its proof not.</summary>
    /// <param name="stripe">0 to the count less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such stripe.</exception>
    public int PieceLength(int stripe)
    {
        CheckStripe(stripe);
        return Layout.PieceLength(stripe);
    }

    /// <summary>Bytes of the file in a stripe.</summary>
    /// <param name="stripe">0 to the count less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such stripe.</exception>
    public int StripeLength(int stripe)
    {
        CheckStripe(stripe);
        return Layout.StripeLength(stripe);
    }

    internal static bool TryCreate(ulong rawSize, ulong leafSize, int dataPieces, int parityPieces, out VaultGeometry? geometry)
    {
        geometry = null;
        if (parityPieces < 1 || dataPieces + parityPieces > Codec.StripeCode.MaxPieces) return false;
        if (!LeafLayout.TryCreate(rawSize, leafSize, dataPieces, out LeafLayout layout)) return false;
        if ((long)leafSize * parityPieces > LeafLayout.MaxHalfStripe) return false;
        geometry = new VaultGeometry(layout, parityPieces);
        return true;
    }

    internal void CheckStripe(int stripe)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stripe);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stripe, StripeCount);
    }

    private long StripeBytes(int pieceLength)
    {
        long bytes = 0;
        for (int i = 0; i < TotalPieces; i++) bytes += PieceFrame.SizeOf(pieceLength, TotalPieces, i);
        return bytes;
    }
}
