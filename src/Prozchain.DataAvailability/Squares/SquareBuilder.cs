using System.Buffers;
using System.Diagnostics;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// Lays out transactions and blobs in the least square that holds them, by Celestia's rules: the same transactions in
/// the same order give its blocks' squares. A square for blobs alone takes them by <see cref="AddBlob"/>. What is added
/// is not copied and must not change before <see cref="Build"/>. Format: docs/formats/da-celestia-square.md.
/// </summary>
public sealed class SquareBuilder
{
    private readonly int _capacity, _threshold;
    private readonly List<ReadOnlyMemory<byte>> _transactions = [], _outside = [];
    private readonly List<BlobTransaction> _payers = [];
    private readonly List<Placed> _blobs = [];
    private long _transactionBytes, _payerBytes, _outsideBytes;
    private int _blobShares;

    /// <summary>An empty square.</summary>
    /// <param name="maxDataWidth">Largest k: a power of two up to 512.</param>
    /// <param name="subtreeRootThreshold">See <see cref="BlobCommitment.SubtreeWidth"/>; at least 1.</param>
    /// <exception cref="ArgumentException">A number is not in its range.</exception>
    public SquareBuilder(int maxDataWidth = SquareParameters.MaxDataWidth, int subtreeRootThreshold = BlobCommitment.DefaultThreshold)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(subtreeRootThreshold, 1);
        if (maxDataWidth is < 1 or > SquareParameters.MaxDataWidth || !int.IsPow2(maxDataWidth))
            throw new ArgumentException($"Expected a power of two from 1 to {SquareParameters.MaxDataWidth}, got {maxDataWidth}.", nameof(maxDataWidth));
        (_capacity, _threshold) = (maxDataWidth * maxDataWidth, subtreeRootThreshold);
    }

    /// <summary>
    /// Shares in use, with the most padding that any order of the blobs could need. It decides about the side of the
    /// square and about what fits.
    /// </summary>
    public int ShareCount => (int)Shares(_transactionBytes, _payerBytes, _outsideBytes);

    /// <summary>
    /// Adds a block's transaction as it stands in the block, untrusted: with its blobs if it carries any. A block's
    /// ordinary transactions come first, then those with blobs.
    /// </summary>
    public SquareAddResult Add(ReadOnlyMemory<byte> transaction)
    {
        if (transaction.IsEmpty) return SquareAddResult.Empty;
        BlobTransactionResult read = BlobTransaction.TryRead(transaction, out BlobTransaction? withBlobs);
        if (withBlobs is not null) return Add(withBlobs);
        if (read != BlobTransactionResult.NotBlobTransaction) return SquareAddResult.BadBlobTransaction;
        if (_payers.Count > 0 || _outside.Count > 0) return SquareAddResult.OutOfOrder;
        long bytes = _transactionBytes + CompactShares.UnitSize(transaction.Length);
        if (Shares(bytes, _payerBytes, _outsideBytes) > _capacity) return SquareAddResult.Full;
        _transactions.Add(transaction);
        _transactionBytes = bytes;
        return SquareAddResult.Added;
    }

    /// <summary>Adds a transaction with its blobs: all or nothing.</summary>
    public SquareAddResult Add(BlobTransaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        if (_outside.Count > 0) return SquareAddResult.OutOfOrder;
        long bytes = _payerBytes + CompactShares.UnitSize(IndexWrapper.WorstSize(transaction.Transaction.Length, transaction.Blobs.Count));
        long blobShares = 0;
        foreach (Blob blob in transaction.Blobs) blobShares += Placed.WorstShares(blob, _threshold);
        if (Shares(_transactionBytes, bytes, _outsideBytes) + blobShares > _capacity) return SquareAddResult.Full;
        for (int i = 0; i < transaction.Blobs.Count; i++) _blobs.Add(new Placed(transaction.Blobs[i], _payers.Count, i));
        _payers.Add(transaction);
        _payerBytes = bytes;
        _blobShares += (int)blobShares;
        return SquareAddResult.Added;
    }

    /// <summary>
    /// Adds a transaction that pays for a blob outside the square, with the reference to it that the chain puts in. Which
    /// transactions these are, and what the reference says, is the chain's own rule.
    /// </summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="reference">A blob of share version 2.</param>
    /// <exception cref="ArgumentException">The reference has another version.</exception>
    public SquareAddResult AddOutside(ReadOnlyMemory<byte> transaction, Blob reference)
    {
        ArgumentNullException.ThrowIfNull(reference);
        if (reference.ShareVersion != 2) throw new ArgumentException($"Expected share version 2, got {reference.ShareVersion}.", nameof(reference));
        if (transaction.IsEmpty) return SquareAddResult.Empty;
        if (BlobTransaction.TryRead(transaction, out _) != BlobTransactionResult.NotBlobTransaction) return SquareAddResult.BadBlobTransaction;
        long bytes = _outsideBytes + CompactShares.UnitSize(transaction.Length);
        int blobShares = Placed.WorstShares(reference, _threshold);
        if (Shares(_transactionBytes, _payerBytes, bytes) + blobShares > _capacity) return SquareAddResult.Full;
        _outside.Add(transaction);
        _outsideBytes = bytes;
        AddFree(reference, blobShares);
        return SquareAddResult.Added;
    }

    /// <summary>Adds a blob that no transaction in the square pays for.</summary>
    public SquareAddResult AddBlob(Blob blob)
    {
        ArgumentNullException.ThrowIfNull(blob);
        int blobShares = Placed.WorstShares(blob, _threshold);
        if (Shares(_transactionBytes, _payerBytes, _outsideBytes) + blobShares > _capacity) return SquareAddResult.Full;
        AddFree(blob, blobShares);
        return SquareAddResult.Added;
    }

    /// <summary>
    /// Lays everything out. Blobs stand in the order of their namespaces, and within one in the order in which they were
    /// added. The builder can be added to and built again.
    /// </summary>
    public DataSquare Build()
    {
        int width = BlobCommitment.WidthFor(ShareCount);
        byte[] cells = GC.AllocateUninitializedArray<byte>(width * width * ShareView.Size);
        uint[][] indexes = [.. _payers.Select(payer => new uint[payer.Blobs.Count])];
        int cursor = CompactShares.CountFor(_transactionBytes) + CompactShares.CountFor(_payerBytes) + CompactShares.CountFor(_outsideBytes);
        // All shares after those of the transactions are written in full.
        Shares(cells, 0, cursor).Clear();
        var places = new List<(Blob Blob, int Start)>(_blobs.Count);
        foreach (Placed placed in _blobs.OrderBy(placed => placed.Blob.Namespace))
        {
            int count = placed.Blob.ShareCount;
            cursor = BlobCommitment.Align(cursor, BlobCommitment.SubtreeWidth(count, _threshold));
            if (placed.Payer >= 0) indexes[placed.Payer][placed.Index] = (uint)cursor;
            places.Add((placed.Blob, cursor));
            cursor += count;
        }
        int end = WriteTransactions(cells, indexes);
        (Namespace ns, byte version) = (Namespace.PrimaryReservedPadding, 0);
        foreach ((Blob blob, int start) in places)
        {
            ShareView.WritePadding(Shares(cells, end, start), ns, version);
            (ns, version, end) = (blob.Namespace, blob.ShareVersion, start + blob.ShareCount);
            blob.WriteShares(Shares(cells, start, end));
        }
        ShareView.WritePadding(Shares(cells, end, width * width), Namespace.TailPadding, 0);
        SquareReadResult read = DataSquare.TryRead(cells, out DataSquare? square, _threshold);
        return square ?? throw new UnreachableException($"A square that was built reads as {read}.");
    }

    private int WriteTransactions(byte[] cells, uint[][] indexes)
    {
        var wrapped = new List<ReadOnlyMemory<byte>>(_payers.Count);
        for (int i = 0; i < _payers.Count; i++)
        {
            var unit = new ArrayBufferWriter<byte>();
            new IndexWrapper(_payers[i].Transaction, indexes[i]).WriteTo(unit);
            wrapped.Add(unit.WrittenMemory);
        }
        int end = CompactShares.Write(Namespace.Transaction, _transactions, cells);
        end += CompactShares.Write(Namespace.PayForBlob, wrapped, cells.AsSpan(end * ShareView.Size));
        return end + CompactShares.Write(Namespace.PayForFibre, _outside, cells.AsSpan(end * ShareView.Size));
    }

    private void AddFree(Blob blob, int worstShares)
    {
        _blobs.Add(new Placed(blob, -1, -1));
        _blobShares += worstShares;
    }

    private long Shares(long transactionBytes, long payerBytes, long outsideBytes) =>
        (long)CompactShares.CountFor(transactionBytes) + CompactShares.CountFor(payerBytes) + CompactShares.CountFor(outsideBytes) + _blobShares;

    private static Span<byte> Shares(byte[] cells, int start, int end) => cells.AsSpan(start * ShareView.Size, (end - start) * ShareView.Size);

    private readonly record struct Placed(Blob Blob, int Payer, int Index)
    {
        public static int WorstShares(Blob blob, int threshold)
        {
            int count = blob.ShareCount;
            return count + BlobCommitment.SubtreeWidth(count, threshold) - 1;
        }
    }
}
