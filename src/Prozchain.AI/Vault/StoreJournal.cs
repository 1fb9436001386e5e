using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// What a store did so far, in a stream of the caller's (docs/formats/ai-journal.md, version 2; version 1 is gone on with): before a
/// stripe's pieces are put, what they are; after, that they are, or which of them. A store that ended early goes on from there, or what it put is found and removed.
/// </summary>
internal sealed class StoreJournal : IDisposable
{
    private const byte Version = 2, Header = 0, Intent = 1, Done = 2, DoneInPart = 3;
    private const int MaxPayload = 1 << 20, FrameSize = 4 + Bytes32.Size;

    private static readonly Blake3Hasher s_record = VaultHash.Context("journal record"u8);

    private readonly Dictionary<Bytes32, JournalEntry> _entries = [];
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Stream _stream;
    private Bytes32 _last;
    private bool _isBroken;
    private byte _version = Version;

    private StoreJournal(Stream stream) => _stream = stream;

    /// <summary>Leaves the stream to its owner.</summary>
    public void Dispose() => _gate.Dispose();

    public IReadOnlyDictionary<Bytes32, JournalEntry> Entries => _entries;

    /// <summary>Opens the caller's stream: begins a journal in an empty one, reads one there is, and drops what a crash left half written.</summary>
    /// <exception cref="ArgumentException">The stream cannot be read, written and sought, or holds something else than a journal of such a store.</exception>
    public static async ValueTask<StoreJournal> OpenAsync(Stream stream, ModelVaultOptions options, ShardTable table, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanWrite || !stream.CanSeek)
            throw new ArgumentException("Expected a journal that can be read, written and sought.", nameof(stream));
        var journal = new StoreJournal(stream);
        byte[] header = EncodeHeader(Version, options, table);
        stream.Position = 0;
        var begin = new byte[(int)Math.Min(stream.Length, FrameSize + header.Length)];
        await stream.ReadExactlyAsync(begin, cancellationToken).ConfigureAwait(false);
        byte[] first = journal.Frame(header);
        while (journal._version > 1 && !begin.AsSpan().SequenceEqual(first.AsSpan(0, begin.Length)))
        {
            journal._last = default;
            first = journal.Frame(EncodeHeader(--journal._version, options, table));
        }
        if (!begin.AsSpan().SequenceEqual(first.AsSpan(0, begin.Length)))
            throw new ArgumentException("Expected an empty stream or the journal of a store with these parameters and shards, got something else.", nameof(stream));
        if (begin.Length < first.Length)
        {
            (journal._last, journal._version) = (default, Version);
            stream.SetLength(0);
            await journal.AppendAsync(header, cancellationToken).ConfigureAwait(false);
            return journal;
        }
        long end = stream.Position;
        while (await journal.ReadRecordAsync(options, cancellationToken).ConfigureAwait(false)) end = stream.Position;
        stream.SetLength(end);
        stream.Position = end;
        return journal;
    }

    public JournalEntry? Find(in Bytes32 identity)
    {
        lock (_entries) return _entries.GetValueOrDefault(identity);
    }

    /// <summary>Before the pieces are put.</summary>
    public ValueTask IntendAsync(Bytes32 identity, StoredStripe stripe, bool[] fresh, CancellationToken cancellationToken)
    {
        var entry = new JournalEntry(stripe, fresh);
        lock (_entries) _entries[identity] = entry;
        return AppendAsync(Encode(Intent, identity, entry), cancellationToken);
    }

    /// <summary>After they were, but for some. Version 1 cannot say that: who goes on with it puts such a stripe again.</summary>
    public ValueTask FinishAsync(Bytes32 identity, UnwrittenPiece[] unwritten, CancellationToken cancellationToken)
    {
        if (unwritten.Length > 0 && _version == 1) return ValueTask.CompletedTask;
        JournalEntry entry;
        lock (_entries)
        {
            entry = _entries[identity];
            (entry.Done, entry.Unwritten) = (true, unwritten);
        }
        return AppendAsync(Encode(unwritten.Length > 0 ? DoneInPart : Done, identity, entry), cancellationToken);
    }

    /// <summary>Empties the stream.</summary>
    public ValueTask ClearAsync(CancellationToken cancellationToken)
    {
        _stream.SetLength(0);
        return new ValueTask(_stream.FlushAsync(cancellationToken));
    }

    private static byte[] EncodeHeader(byte version, ModelVaultOptions options, ShardTable table)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte(Header);
        writer.WriteByte(version);
        writer.WriteVarint((ulong)options.LeafSize);
        writer.WriteByte((byte)options.DataPieces);
        writer.WriteByte((byte)options.ParityPieces);
        table.Write(writer);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Encode(byte kind, in Bytes32 identity, JournalEntry entry)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteByte(kind);
        writer.WriteBytes32(identity);
        if (kind == Intent) entry.Write(writer);
        if (kind == DoneInPart)
        {
            Span<bool> unwritten = stackalloc bool[entry.Fresh.Length];
            foreach (UnwrittenPiece piece in entry.Unwritten) unwritten[piece.Piece] = true;
            JournalEntry.WriteBits(writer, unwritten);
        }
        return output.WrittenSpan.ToArray();
    }

    // Each record's check covers the one before it, so that records neither go missing in the middle nor come from elsewhere.
    private byte[] Frame(ReadOnlySpan<byte> payload)
    {
        var frame = new byte[FrameSize + payload.Length];
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        payload.CopyTo(frame.AsSpan(4));
        _last = Check(payload);
        _last.Span.CopyTo(frame.AsSpan(4 + payload.Length));
        return frame;
    }

    private Bytes32 Check(ReadOnlySpan<byte> payload)
    {
        Blake3Hasher hasher = s_record;
        hasher.Update(_last.Span);
        return VaultHash.Finish(ref hasher, payload);
    }

    private async ValueTask AppendAsync(byte[] payload, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // Behind half a record nothing would be read any more.
            if (_isBroken) throw new IOException("The journal failed before.");
            _isBroken = true;
            await _stream.WriteAsync(Frame(payload), CancellationToken.None).ConfigureAwait(false);
            await _stream.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            _isBroken = false;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async ValueTask<bool> ReadRecordAsync(ModelVaultOptions options, CancellationToken cancellationToken)
    {
        var length = new byte[4];
        if (await _stream.ReadAtLeastAsync(length, 4, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) < 4) return false;
        int size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is <= 0 or > MaxPayload || size + Bytes32.Size > _stream.Length - _stream.Position) return false;
        var record = new byte[size + Bytes32.Size];
        await _stream.ReadExactlyAsync(record, cancellationToken).ConfigureAwait(false);
        Bytes32 check = Check(record.AsSpan(0, size));
        if (!check.Equals(new Bytes32(record.AsSpan(size))) || !Accept(record.AsSpan(0, size), options)) return false;
        _last = check;
        return true;
    }

    private bool Accept(ReadOnlySpan<byte> payload, ModelVaultOptions options)
    {
        var reader = new WireReader(payload);
        reader.TryReadByte(out byte kind);
        if (!reader.TryReadBytes32(out Bytes32 identity)) return false;
        if (kind == Done && reader.IsAtEnd && _entries.TryGetValue(identity, out JournalEntry? done))
        {
            (done.Done, done.Unwritten) = (true, []);
            return true;
        }
        if (kind == DoneInPart && _version > 1) return AcceptPart(ref reader, identity);
        if (kind != Intent) return false;
        int total = options.DataPieces + options.ParityPieces;
        if (JournalEntry.TryRead(ref reader, options.LeafSize, options.DataPieces, total) is not { } entry || !reader.IsAtEnd) return false;
        _entries[identity] = entry;
        return true;
    }

    private bool AcceptPart(ref WireReader reader, in Bytes32 identity)
    {
        if (!_entries.TryGetValue(identity, out JournalEntry? entry)) return false;
        Span<bool> unwritten = stackalloc bool[entry.Fresh.Length];
        if (!JournalEntry.TryReadBits(ref reader, unwritten) || !reader.IsAtEnd) return false;
        var pieces = new List<UnwrittenPiece>();
        for (int piece = 0; piece < unwritten.Length; piece++)
            if (unwritten[piece]) pieces.Add(new UnwrittenPiece(piece, PieceFaultKind.Unreachable));
        (entry.Done, entry.Unwritten) = (true, [.. pieces]);
        return true;
    }
}
