using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// One attempt of a transaction with locks, as a client hands it in: the cells of all shards that the program is to find
/// locked, signed by one of the transaction's signers. Where the program asks for another cell the attempt is aborted,
/// and the client tries again with a higher number. Immutable. Wire form: docs/formats/sharding-atomic.md.
/// </summary>
public sealed class LockRequest
{
    private readonly DeclaredCell[] _cells;
    private readonly byte[] _bytes;
    private readonly int _signer;
    private readonly ReadOnlyMemory<byte> _signature;

    private LockRequest(byte[] bytes, AtomicTransaction transaction, Attempt attempt, DeclaredCell[] cells, int signer, ReadOnlyMemory<byte> signature) =>
        (_bytes, Transaction, Attempt, _cells, _signer, _signature) = (bytes, transaction, attempt, cells, signer, signature);

    /// <summary>The transaction, without declared cells.</summary>
    public AtomicTransaction Transaction { get; }

    /// <summary>The attempt; each number is used once.</summary>
    public Attempt Attempt { get; }

    /// <summary>The cells, of any shards, strictly ascending by key.</summary>
    public ReadOnlySpan<DeclaredCell> Cells => _cells;

    /// <summary>The wire form.</summary>
    public ReadOnlyMemory<byte> Encoded => _bytes;

    /// <summary>Makes a request and signs it.</summary>
    /// <param name="transaction">The transaction, without declared cells, with at least one signer.</param>
    /// <param name="attempt">The attempt: a number from 1, above that of earlier ones, and the beacon's epoch now.</param>
    /// <param name="cells">The cells, in any order, each once; <see cref="LockPlan"/> finds them.</param>
    /// <param name="signer">One of the transaction's signers.</param>
    /// <exception cref="ArgumentException">Declared cells, a key that is not among the signers, or over a limit of <see cref="AtomicLimits"/>.</exception>
    public static LockRequest Sign(AtomicTransaction transaction, Attempt attempt, IEnumerable<DeclaredCell> cells, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(signer);
        int index = -1;
        for (int i = 0; i < transaction.Signers.Length; i++)
            if (transaction.Signers[i].Span.SequenceEqual(signer.PublicKey.Span)) index = i;
        if (index < 0) throw new ArgumentException("Expected one of the transaction's signers, got another key.", nameof(signer));
        DeclaredCell[] sorted = [.. cells.OrderBy(cell => cell.Key)];
        var signature = new byte[SignatureSchemes.P256SignatureSize];
        signer.Sign(Named(transaction, attempt, sorted).Span, signature);
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteVarint((ulong)transaction.Encoded.Length);
        writer.WriteSpan(transaction.Encoded.Span);
        WritePlan(writer, attempt, sorted);
        writer.WriteByte((byte)index);
        writer.WriteVarint((ulong)signature.Length);
        writer.WriteSpan(signature);
        ReadResult result = TryRead(output.WrittenSpan, out LockRequest? request);
        return result == ReadResult.Ok ? request! : throw new ArgumentException($"Expected a request within the format's limits, got {result}.", nameof(cells));
    }

    /// <summary>True if all signers signed the transaction, and one of them the request. A host checks this before a block holds it.</summary>
    /// <param name="verifier">Checks signatures.</param>
    public bool IsSigned(ISignatureVerifier verifier) =>
        Transaction.IsSigned(verifier) && verifier.Verify(Transaction.Signers[_signer].Span, Named(Transaction, Attempt, _cells).Span, _signature.Span);

    /// <summary>Reads the wire form. Never throws. Signatures are not checked here.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="request">The request, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out LockRequest request)
    {
        request = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadCount(reader.Remaining, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> encoded)) return ReadResult.Truncated;
        ReadResult result = AtomicTransaction.TryRead(encoded, out AtomicTransaction? transaction);
        if (result != ReadResult.Ok) return result;
        if (!(reader.TryReadUInt32(out uint number) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadVarint(out ulong count))) return ReadResult.Truncated;
        if (!transaction!.Cells.IsEmpty || number == 0 || count == 0) return ReadResult.NotCanonical;
        if (count > AtomicLimits.MaxCells) return ReadResult.TooLarge;
        if ((int)count * (Digest.Size + 1) > reader.Remaining) return ReadResult.Truncated;
        var cells = new DeclaredCell[count];
        for (int i = 0; i < cells.Length; i++)
        {
            result = DeclaredCell.Read(ref reader, out cells[i]);
            if (result != ReadResult.Ok) return result;
            if (i > 0 && cells[i].Key <= cells[i - 1].Key) return ReadResult.NotCanonical;
        }
        if (!reader.TryReadByte(out byte signer) || !reader.TryReadVarint(out ulong size)) return ReadResult.Truncated;
        if (signer >= transaction.Signers.Length) return ReadResult.NotCanonical;
        if (size > AtomicLimits.MaxKeyBytes) return ReadResult.TooLarge;
        if (!reader.TryReadSpan((int)size, out ReadOnlySpan<byte> signature)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        request = new LockRequest(source.ToArray(), transaction, new Attempt(number, epoch), cells, signer, signature.ToArray());
        return ReadResult.Ok;
    }

    /// <summary>The shards that hold the cells, ascending: the first decides. None if the layout lacks the class of one.</summary>
    internal ShardId[] ParticipantsIn(ShardLayout layout)
    {
        var shards = new SortedSet<ShardId>();
        foreach (DeclaredCell cell in _cells)
        {
            if (!layout.TryShardOf(cell.Class, cell.Key, out ShardId shard)) return [];
            shards.Add(shard);
        }
        return [.. shards];
    }

    private static Digest Named(AtomicTransaction transaction, Attempt attempt, DeclaredCell[] cells)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteBytes32(transaction.Id.Bytes);
        WritePlan(writer, attempt, cells);
        return new Digest(Domains.LockRequest.Hash(output.WrittenSpan));
    }

    private static void WritePlan(WireWriter writer, Attempt attempt, DeclaredCell[] cells)
    {
        writer.WriteUInt32(attempt.Number);
        writer.WriteUInt64(attempt.Epoch);
        writer.WriteVarint((ulong)cells.Length);
        foreach (DeclaredCell cell in cells) cell.Write(writer);
    }
}
