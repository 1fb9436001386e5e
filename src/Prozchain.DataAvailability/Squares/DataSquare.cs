using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// k × k shares that were read and checked: which transactions and blobs they hold, and where they stand. Immutable; the shares are
/// the caller's memory, which must not change. Format: docs/formats/da-celestia-square.md.
/// </summary>
public sealed class DataSquare
{
    private readonly BlobRange[] _blobs;
    private readonly int _threshold;

    private DataSquare(ReadOnlyMemory<byte> cells, int width, int threshold, TransactionCollection[] lists, BlobRange[] blobs)
    {
        (Cells, Width, _threshold, _blobs) = (cells, width, threshold, blobs);
        (Transactions, PayForBlobs, PayForOutside) = (lists[0], lists[1], lists[2]);
    }

    /// <summary>All k² shares, row by row: what <see cref="ExtendedSquare.Extend"/> takes.</summary>
    public ReadOnlyMemory<byte> Cells { get; }

    /// <summary>k.</summary>
    public int Width { get; }

    /// <summary>The ordinary transactions.</summary>
    public TransactionCollection Transactions { get; }

    /// <summary>The transactions that pay for blobs; <see cref="IndexWrapper.TryRead"/> reads each.</summary>
    public TransactionCollection PayForBlobs { get; }

    /// <summary>The transactions that pay for blobs kept outside the square.</summary>
    public TransactionCollection PayForOutside { get; }

    /// <summary>Every blob, in the order of the shares, and so of the namespaces.</summary>
    public IReadOnlyList<BlobRange> Blobs => _blobs;

    /// <summary>Reads untrusted shares; the square is null unless the result is <see cref="SquareReadResult.Ok"/>.</summary>
    /// <param name="cells">k² shares of 512 bytes, k a power of two up to 512. Transactions are copied, blobs are not.</param>
    /// <param name="square">The square.</param>
    /// <param name="subtreeRootThreshold">For commitments: see <see cref="BlobCommitment.SubtreeWidth"/>; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is below 1.</exception>
    public static SquareReadResult TryRead(
        ReadOnlyMemory<byte> cells, out DataSquare? square, int subtreeRootThreshold = BlobCommitment.DefaultThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subtreeRootThreshold, 1);
        square = null;
        int total = cells.Length / ShareView.Size;
        if (total is 0 or > SquareParameters.MaxDataWidth * SquareParameters.MaxDataWidth) return SquareReadResult.WrongSize;
        int width = BlobCommitment.WidthFor(total);
        if (cells.Length != width * width * ShareView.Size) return SquareReadResult.WrongSize;
        TransactionCollection[] lists = [TransactionCollection.Empty, TransactionCollection.Empty, TransactionCollection.Empty];
        var blobs = new List<BlobRange>();
        SquareReadResult result = TryReadSequences(cells.Span, lists, blobs);
        if (result != SquareReadResult.Ok) return result;
        BlobRange[] found = [.. blobs];
        if (!IndexesAreStarts(lists[1], found)) return SquareReadResult.BadIndexes;
        square = new DataSquare(cells, width, subtreeRootThreshold, lists, found);
        return SquareReadResult.Ok;
    }

    /// <summary>Extends the square, with Celestia's namespaced tree over its rows and columns.</summary>
    /// <param name="code">The code; <see cref="LeopardReedSolomon"/> if null.</param>
    /// <inheritdoc cref="ExtendedSquare.Extend"/>
    public ExtendedSquare Extend(
        IErasureCode? code = null, IProgress<double>? progress = null, int threads = 1, CancellationToken cancellationToken = default) =>
        ExtendedSquare.Extend(
            Cells.Span, new SquareParameters(Width, ShareView.Size, code, NamespacedAxisTree.Instance), progress, threads, cancellationToken);

    /// <summary>The blobs of one namespace, in the order of the shares.</summary>
    public ReadOnlySpan<BlobRange> BlobsOf(Namespace ns)
    {
        int low = FirstNotBelow(ns), high = low;
        while (high < _blobs.Length && _blobs[high].Namespace == ns) high++;
        return _blobs.AsSpan(low, high - low);
    }

    /// <summary>
    /// Finds one blob by its namespace and commitment: the first of those that are equal. Hashes blobs of the namespace
    /// until it has found it.
    /// </summary>
    public bool TryFind(Namespace ns, ReadOnlySpan<byte> commitment, out BlobRange range)
    {
        Span<byte> own = stackalloc byte[BlobCommitment.Size];
        foreach (BlobRange blob in BlobsOf(ns))
        {
            Commit(blob, own);
            if (!own.SequenceEqual(commitment)) continue;
            range = blob;
            return true;
        }
        range = default;
        return false;
    }

    /// <summary>The shares of a blob of this square.</summary>
    /// <exception cref="ArgumentException">The range is none of <see cref="Blobs"/>.</exception>
    public ReadOnlyMemory<byte> SharesOf(BlobRange range)
    {
        int at = Array.BinarySearch(_blobs, range, s_byStart);
        if (at < 0 || _blobs[at] != range) throw new ArgumentException($"Expected a blob of this square, got {range}.", nameof(range));
        return Cells.Slice(range.Start * ShareView.Size, range.ShareCount * ShareView.Size);
    }

    /// <summary>Copies a blob of this square out of its shares.</summary>
    /// <inheritdoc cref="SharesOf"/>
    public Blob Read(BlobRange range)
    {
        ReadOnlySpan<byte> shares = SharesOf(range).Span;
        return new ShareSequence(range.Namespace, range.ShareVersion, 0, range.ShareCount, range.Length).ToBlob(shares);
    }

    /// <summary>Computes the commitment of a blob of this square, 32 bytes, from its shares as they stand.</summary>
    /// <inheritdoc cref="SharesOf"/>
    public void Commit(BlobRange range, Span<byte> commitment) => BlobCommitment.Compute(SharesOf(range).Span, commitment, _threshold);

    private static readonly Comparer<BlobRange> s_byStart = Comparer<BlobRange>.Create((left, right) => left.Start.CompareTo(right.Start));

    private static SquareReadResult TryReadSequences(ReadOnlySpan<byte> cells, TransactionCollection[] lists, List<BlobRange> blobs)
    {
        Namespace last = default;
        for (int at = 0; at * ShareView.Size < cells.Length;)
        {
            SquareReadResult result = ShareSequence.TryRead(cells, at, out ShareSequence sequence);
            if (result != SquareReadResult.Ok) return result;
            if (sequence.Namespace < last || (sequence.Namespace.IsCompact && sequence.Namespace == last)) return SquareReadResult.BadOrder;
            if (sequence.IsBlob)
            {
                blobs.Add(new BlobRange(sequence.Namespace, at, sequence.Count, sequence.Version, sequence.Length));
            }
            else if (!sequence.IsPadding)
            {
                int kind = sequence.Namespace == Namespace.Transaction ? 0 : sequence.Namespace == Namespace.PayForBlob ? 1 : 2;
                if (!CompactShares.TryRead(cells, sequence, out lists[kind])) return SquareReadResult.BadTransactions;
            }
            last = sequence.Namespace;
            at += sequence.Count;
        }
        return SquareReadResult.Ok;
    }

    private static bool IndexesAreStarts(TransactionCollection payers, BlobRange[] blobs)
    {
        foreach (ReadOnlyMemory<byte> payer in payers)
        {
            if (!IndexWrapper.TryRead(payer, out IndexWrapper? wrapper)) return false;
            foreach (uint index in wrapper!.ShareIndexes.Span)
            {
                if (Array.BinarySearch(blobs, new BlobRange(default, (int)index, 0, 0, 0), s_byStart) < 0) return false;
            }
        }
        return true;
    }

    private int FirstNotBelow(Namespace ns)
    {
        int low = 0;
        for (int high = _blobs.Length; low < high;)
        {
            int middle = (low + high) / 2;
            if (_blobs[middle].Namespace < ns) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
