using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>How a stored model is cut, coded and counted. Always consistent: made by the vault or by a checked manifest.</summary>
public sealed class VaultGeometry
{
    private readonly StoredStripe[] _stripes;
    private readonly int[] _bases;

    internal VaultGeometry(ManifestContent content)
    {
        (LeafSize, DataPieces, ParityPieces, KeptPieces) = (content.LeafSize, content.DataPieces, content.ParityPieces, content.KeptPieces);
        RawSize = content.RawSize;
        StoredStripe[] own = [.. content.Parts.SelectMany(p => p.Stripes)];
        _bases = [.. Enumerable.Range(0, own.Length).Where(i => own[i].Base is not null)];
        _stripes = [.. own, .. _bases.Select(i => own[i].Base!)];
        StripeCount = own.Length;
        LeafCount = own.Sum(s => s.Leaves.Length);
        StoredSize = own.DistinctBy(s => s.PieceRoot).Sum(s => StripeBytes(s.PieceLength));
        BaseStoredSize = _stripes.DistinctBy(s => s.PieceRoot).Sum(s => StripeBytes(s.PieceLength)) - StoredSize;
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
    public int StripeCount { get; }

    /// <summary>Stripes of base models without which some of the file's cannot be decoded; their numbers follow those of the file.</summary>
    public int BaseStripeCount => _bases.Length;

    /// <summary>Leaves of the file; 0 for an empty file.</summary>
    public int LeafCount { get; }

    /// <summary>Bytes that all stores hold together for this model: pieces with their proofs, equal stripes once, those of bases left out.</summary>
    public long StoredSize { get; }

    /// <summary>The same of the stripes of bases: held for the base models too, as long as those live.</summary>
    public long BaseStoredSize { get; }

    /// <summary>Stored bytes per byte of the file; 0 for an empty file.</summary>
    public double StoredRatio => RawSize == 0 ? 0 : (double)StoredSize / RawSize;

    /// <summary>The file's, and then those of its bases.</summary>
    internal ReadOnlySpan<StoredStripe> Stripes => _stripes;

    /// <summary>Where the base of a stripe of the file is; of a stripe that has none, the stripe itself.</summary>
    internal int BaseOf(int stripe) => Array.BinarySearch(_bases, stripe) is >= 0 and int found ? StripeCount + found : stripe;

    /// <summary>The stripe of the file that a stripe of a base is needed for.</summary>
    internal int DerivedOf(int baseStripe) => _bases[baseStripe - StripeCount];

    /// <summary>Bytes of each piece of a stripe, padding included, its proof not.</summary>
    /// <param name="stripe">0 to the count, of bases included, less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such stripe.</exception>
    public int PieceLength(int stripe) => Stripe(stripe).PieceLength;

    /// <summary>Bytes of the file, or of its base, in a stripe.</summary>
    /// <param name="stripe">0 to the count, of bases included, less one.</param>
    /// <exception cref="ArgumentOutOfRangeException">No such stripe.</exception>
    public int StripeLength(int stripe) => Stripe(stripe).Length;

    internal StoredStripe Stripe(int stripe)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(stripe);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stripe, _stripes.Length);
        return _stripes[stripe];
    }

    private long StripeBytes(int pieceLength)
    {
        long bytes = 0;
        for (int i = 0; i < KeptPieces; i++) bytes += PieceFrame.SizeOf(pieceLength, TotalPieces, i);
        return bytes;
    }
}
