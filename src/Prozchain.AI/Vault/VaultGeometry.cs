using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>How a stored model is cut, coded and counted. Always consistent: made by the vault or by a checked manifest.</summary>
public sealed class VaultGeometry
{
    private readonly StoredStripe[] _stripes;

    internal VaultGeometry(ManifestContent content)
    {
        (LeafSize, DataPieces, ParityPieces, KeptPieces) = (content.LeafSize, content.DataPieces, content.ParityPieces, content.KeptPieces);
        RawSize = content.RawSize;
        _stripes = [.. content.Parts.SelectMany(p => p.Stripes)];
        LeafCount = _stripes.Sum(s => s.Leaves.Length);
        StoredSize = _stripes.DistinctBy(s => s.PieceRoot).Sum(s => StripeBytes(s.PieceLength));
    }

    /// <summary>Bytes of the file.</summary>
    public long RawSize { get; }

    /// <summary>Bytes of a leaf of every stripe but the last of a part, whose leaves are as short as multiples of 64 allow.</summary>
    public int LeafSize { get; }

    /// <summary>Data pieces of a stripe, k.</summary>
    public int DataPieces { get; }

    /// <summary>Parity pieces of a stripe, m.</summary>
    public int ParityPieces { get; }

    /// <summary>All pieces of a stripe, k + m.</summary>
    public int TotalPieces => DataPieces + ParityPieces;

    /// <summary>How many of them are stored: all, but for an archived model. Less k, how many of a stripe may be lost.</summary>
    public int KeptPieces { get; }

    /// <summary>Stripes of the file; 0 for an empty file.</summary>
    public int StripeCount => _stripes.Length;

    /// <summary>Leaves of the file; 0 for an empty file.</summary>
    public int LeafCount { get; }

    /// <summary>Bytes that all stores hold together for this model: pieces with their proofs, equal stripes once.</summary>
    public long StoredSize { get; }

    /// <summary>Stored bytes per byte of the file; 0 for an empty file.</summary>
    public double StoredRatio => RawSize == 0 ? 0 : (double)StoredSize / RawSize;

    internal ReadOnlySpan<StoredStripe> Stripes => _stripes;

    /// <summary>Bytes of each piece of a stripe, padding included, its proof not.</summary>
    /// <param name="stripe">0 to the count less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such stripe.</exception>
    public int PieceLength(int stripe) => Stripe(stripe).PieceLength;

    /// <summary>Bytes of the file in a stripe.</summary>
    /// <param name="stripe">0 to the count less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such stripe.</exception>
    public int StripeLength(int stripe) => Stripe(stripe).Length;

    internal StoredStripe Stripe(int stripe)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stripe);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stripe, StripeCount);
        return _stripes[stripe];
    }

    private long StripeBytes(int pieceLength)
    {
        long bytes = 0;
        for (int i = 0; i < KeptPieces; i++) bytes += PieceFrame.SizeOf(pieceLength, TotalPieces, i);
        return bytes;
    }
}
