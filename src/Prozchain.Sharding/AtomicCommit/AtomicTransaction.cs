using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>A cell that a transaction declares to touch.</summary>
/// <param name="Key">The cell.</param>
/// <param name="IsWritten">True if it may be written; false if it is only read.</param>
public readonly record struct DeclaredCell(Digest Key, bool IsWritten)
{
    /// <summary>The class that the key is of; the general one by default. No transaction names one key in two classes.</summary>
    public LayoutClass Class { get; init; }

    internal void Write(WireWriter writer)
    {
        writer.WriteBytes32(Key.Bytes);
        writer.WriteByte((byte)((IsWritten ? 1 : 0) | (Class == LayoutClass.General ? 0 : 2)));
        if (Class != LayoutClass.General) writer.WriteByte(Class.Value);
    }

    internal static ReadResult Read(ref WireReader reader, out DeclaredCell cell)
    {
        cell = default;
        byte layoutClass = 0;
        if (!(reader.TryReadBytes32(out Bytes32 key) && reader.TryReadByte(out byte mode))) return ReadResult.Truncated;
        if (mode > 3) return ReadResult.NotCanonical;
        if (mode > 1 && !reader.TryReadByte(out layoutClass)) return ReadResult.Truncated;
        if (mode > 1 && layoutClass == 0) return ReadResult.NotCanonical;
        cell = new DeclaredCell(new Digest(key), (mode & 1) == 1) { Class = new LayoutClass(layoutClass) };
        return ReadResult.Ok;
    }
}

/// <summary>
/// A transaction over cells of several shards: all of it happens or nothing. Names chain and cells, never a shard, so
/// that resharding changes neither its id nor its signatures. Without declared cells it runs with locks. Immutable.
/// Wire form: docs/formats/sharding-atomic.md.
/// </summary>
public sealed class AtomicTransaction
{
    private readonly DeclaredCell[] _cells;
    private readonly ReadOnlyMemory<byte>[] _signers, _signatures;
    private readonly byte[] _bytes;

    private AtomicTransaction(byte[] bytes, Header header, DeclaredCell[] cells, ReadOnlyMemory<byte>[] signers, ReadOnlyMemory<byte> payload, int signedLength, ReadOnlyMemory<byte>[] signatures)
    {
        _bytes = bytes;
        _cells = cells;
        _signers = signers;
        _signatures = signatures;
        ChainId = header.ChainId;
        BeginMs = header.BeginMs;
        DeadlineMs = header.DeadlineMs;
        Program = header.Program;
        Payload = payload;
        Id = new Digest(Domains.Atomic.Hash(bytes.AsSpan(0, signedLength)));
    }

    /// <summary>Names the transaction: hash of everything but the signatures.</summary>
    public Digest Id { get; }

    /// <summary>The chain that may execute it.</summary>
    public ulong ChainId { get; }

    /// <summary>Unix milliseconds before which no block may hold it: with the id its place among others that want the same cells.</summary>
    public long BeginMs { get; }

    /// <summary>Unix milliseconds, attested by block headers, at which a shard that has not certified commit certifies abort.</summary>
    public long DeadlineMs { get; }

    /// <summary>Which program runs.</summary>
    public ushort Program { get; }

    /// <summary>The cells, strictly ascending by key; none for a transaction with locks.</summary>
    public ReadOnlySpan<DeclaredCell> Cells => _cells;

    /// <summary>Public keys of those who agree to it, with scheme byte.</summary>
    public ReadOnlySpan<ReadOnlyMemory<byte>> Signers => _signers;

    /// <summary>The program's input.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The wire form.</summary>
    public ReadOnlyMemory<byte> Encoded => _bytes;

    /// <summary>Makes a transaction and signs it.</summary>
    /// <param name="header">Chain, times and program.</param>
    /// <param name="cells">The cells, in any order, each once; none to run with locks.</param>
    /// <param name="payload">The program's input.</param>
    /// <param name="signers">Hold the keys of those who agree.</param>
    /// <exception cref="ArgumentException">Over a limit of <see cref="AtomicLimits"/>, or a cell twice.</exception>
    public static AtomicTransaction Sign(Header header, IEnumerable<DeclaredCell> cells, ReadOnlySpan<byte> payload, params IReadOnlyList<ISigner> signers)
    {
        ArgumentNullException.ThrowIfNull(signers);
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(header.ChainId);
        writer.WriteUInt64((ulong)header.BeginMs);
        writer.WriteUInt64((ulong)header.DeadlineMs);
        writer.WriteUInt16(header.Program);
        DeclaredCell[] sorted = [.. cells.OrderBy(cell => cell.Key)];
        writer.WriteVarint((ulong)sorted.Length);
        foreach (DeclaredCell cell in sorted) cell.Write(writer);
        writer.WriteVarint((ulong)signers.Count);
        foreach (ISigner signer in signers) WriteBytes(writer, signer.PublicKey.Span);
        WriteBytes(writer, payload);
        Digest id = new(Domains.Atomic.Hash(output.WrittenSpan));
        foreach (ISigner signer in signers)
        {
            // 65 bytes in every scheme that there is.
            var signature = new byte[SignatureSchemes.P256SignatureSize];
            signer.Sign(id.Span, signature);
            WriteBytes(writer, signature);
        }
        ReadResult result = TryRead(output.WrittenSpan, out AtomicTransaction? transaction);
        return result == ReadResult.Ok ? transaction! : throw new ArgumentException($"Expected a transaction within the format's limits, got {result}.", nameof(cells));
    }

    /// <summary>True if all signers signed the id. A host checks this before a block holds the transaction.</summary>
    /// <param name="verifier">Checks signatures.</param>
    public bool IsSigned(ISignatureVerifier verifier)
    {
        ArgumentNullException.ThrowIfNull(verifier);
        for (int i = 0; i < _signers.Length; i++)
        {
            if (!verifier.Verify(_signers[i].Span, Id.Span, _signatures[i].Span)) return false;
        }
        return true;
    }

    /// <summary>Reads the wire form. Never throws. Signatures are not checked here.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="transaction">The transaction, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out AtomicTransaction transaction)
    {
        transaction = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadUInt64(out ulong chain) && reader.TryReadUInt64(out ulong begin) && reader.TryReadUInt64(out ulong deadline)
            && reader.TryReadUInt16(out ushort program) && reader.TryReadVarint(out ulong count))) return ReadResult.Truncated;
        if (begin >= deadline || deadline > long.MaxValue) return ReadResult.NotCanonical;
        if (count > AtomicLimits.MaxCells) return ReadResult.TooLarge;
        if ((int)count * (Digest.Size + 1) > reader.Remaining) return ReadResult.Truncated;
        var cells = new DeclaredCell[count];
        for (int i = 0; i < cells.Length; i++)
        {
            ReadResult read = DeclaredCell.Read(ref reader, out cells[i]);
            if (read != ReadResult.Ok) return read;
            if (i > 0 && cells[i].Key <= cells[i - 1].Key) return ReadResult.NotCanonical;
        }
        if (!reader.TryReadVarint(out ulong signerCount)) return ReadResult.Truncated;
        if (signerCount > AtomicLimits.MaxSigners) return ReadResult.TooLarge;
        byte[] bytes = source.ToArray();
        var signers = new ReadOnlyMemory<byte>[signerCount];
        var signatures = new ReadOnlyMemory<byte>[signerCount];
        ReadResult result = TryReadAll(ref reader, bytes, signers);
        if (result != ReadResult.Ok) return result;
        result = TryReadBytes(ref reader, bytes, AtomicLimits.MaxPayloadBytes, out ReadOnlyMemory<byte> payload);
        if (result != ReadResult.Ok) return result;
        int signedLength = reader.Offset;
        result = TryReadAll(ref reader, bytes, signatures);
        if (result != ReadResult.Ok) return result;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        transaction = new AtomicTransaction(bytes, new Header(chain, (long)begin, (long)deadline, program), cells, signers, payload, signedLength, signatures);
        return ReadResult.Ok;
    }

    internal int IndexOf(in Digest key)
    {
        int low = 0, high = _cells.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1, order = _cells[middle].Key.CompareTo(key);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1; else high = middle - 1;
        }
        return -1;
    }

    private static ReadResult TryReadAll(ref WireReader reader, byte[] bytes, Span<ReadOnlyMemory<byte>> items)
    {
        foreach (ref ReadOnlyMemory<byte> item in items)
        {
            ReadResult result = TryReadBytes(ref reader, bytes, AtomicLimits.MaxKeyBytes, out item);
            if (result != ReadResult.Ok) return result;
        }
        return ReadResult.Ok;
    }

    private static ReadResult TryReadBytes(ref WireReader reader, byte[] bytes, int max, out ReadOnlyMemory<byte> memory)
    {
        memory = default;
        if (!reader.TryReadVarint(out ulong length)) return ReadResult.Truncated;
        if (length > (ulong)max) return ReadResult.TooLarge;
        int start = reader.Offset;
        if (!reader.TryReadSpan((int)length, out _)) return ReadResult.Truncated;
        memory = bytes.AsMemory(start, (int)length);
        return ReadResult.Ok;
    }

    private static void WriteBytes(WireWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.WriteVarint((ulong)bytes.Length);
        writer.WriteSpan(bytes);
    }

    /// <summary>What leads a transaction.</summary>
    /// <param name="ChainId">The chain that may execute it.</param>
    /// <param name="BeginMs">Unix milliseconds, not negative.</param>
    /// <param name="DeadlineMs">Unix milliseconds, after <paramref name="BeginMs"/>.</param>
    /// <param name="Program">Which program runs.</param>
    public readonly record struct Header(ulong ChainId, long BeginMs, long DeadlineMs, ushort Program);
}
