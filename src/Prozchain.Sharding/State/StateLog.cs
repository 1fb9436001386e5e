using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Sync;

namespace Prozchain.Sharding.State;

/// <summary>
/// Keeps a store's content across crashes: the batches in an append log, and from time to time a checkpoint in another
/// one, which then takes its place. A checkpoint is written in slices between batches, so that none waits for it: it
/// holds pairs as they were when their slice was written, and the batches that came between, in order; so reading it
/// from its start gives the content at its end. One caller at a time. Format: docs/formats/sharding-witness.md.
/// </summary>
public sealed class StateLog
{
    private static readonly Digest s_last = new(Enumerable.Repeat((byte)0xFF, Digest.Size).ToArray());

    private readonly HeapTrieStore _store;
    private readonly ArrayBufferWriter<byte> _record = new();
    private ILogStorage _activeStorage, _otherStorage;
    private AppendLog _active;
    private AppendLog? _checkpoint;
    private ulong _generation;
    private Digest _next;

    private StateLog(HeapTrieStore store, ILogStorage active, ILogStorage other, AppendLog log, ulong generation) =>
        (_store, _activeStorage, _otherStorage, _active, _generation) = (store, active, other, log, generation);

    private enum Kind : byte
    {
        Begin = 1,
        End = 2,
        Batch = 3,
        Slice = 4,
    }

    /// <summary>Bytes of the log that the content is now read from.</summary>
    public long Length => _active.Length;

    /// <summary>Whether a checkpoint was begun and not ended.</summary>
    public bool IsCheckpointing => _checkpoint is not null;

    /// <summary>Opens a store's log, and brings the store, which must be empty, to the content after the last batch that survived.</summary>
    /// <param name="store">The empty store.</param>
    /// <param name="first">One of the two places that logs are written to in turn.</param>
    /// <param name="second">The other.</param>
    /// <exception cref="InvalidDataException">The log is damaged, is of something else, or is of more than the store may hold.</exception>
    public static StateLog Open(HeapTrieStore store, ILogStorage first, ILogStorage second)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (store.Count > 0) throw new ArgumentException($"Expected an empty store, got one of {store.Count} keys.", nameof(store));
        // A checkpoint that was not ended lies over what was there before, and may look like damage. The other log is whole
        // then; if it is not, the damage is one.
        ulong inFirst = EndedGeneration(first, out InvalidDataException? firstFault), inSecond = EndedGeneration(second, out InvalidDataException? secondFault);
        if (inFirst == 0 && inSecond == 0 && (firstFault ?? secondFault) is { } fault) throw fault;
        (ILogStorage active, ILogStorage other, ulong generation) = inFirst >= inSecond ? (first, second, inFirst) : (second, first, inSecond);
        if (generation > 0)
        {
            Digest root = default;
            AppendLog log = AppendLog.Open(active, record => Replay(store, record.Span, ref root));
            if (store.Root != root) throw new InvalidDataException($"Expected a log of the state with root {root}, got the root {store.Root} out of it.");
            return new StateLog(store, active, other, log, generation);
        }
        // Nothing was ever acknowledged here.
        first.Truncate(0);
        AppendLog fresh = AppendLog.Open(first);
        var created = new StateLog(store, first, second, fresh, 1);
        created.Mark(fresh, Kind.Begin, 1);
        created.Mark(fresh, Kind.End, 1);
        fresh.Flush();
        return created;
    }

    /// <summary>Appends a batch that the store has committed. It is acknowledged once <see cref="Flush"/> returns.</summary>
    /// <param name="writes">The batch.</param>
    public void Append(ReadOnlySpan<StateWrite> writes)
    {
        _record.ResetWrittenCount();
        var writer = new WireWriter(_record);
        writer.WriteByte((byte)Kind.Batch);
        writer.WriteBytes32(_store.Root.Bytes);
        foreach (ref readonly StateWrite write in writes)
        {
            writer.WriteBytes32(write.Key.Bytes);
            writer.WriteVarint(write.IsDelete ? 0 : (ulong)write.Value.Length + 1);
            if (!write.IsDelete) writer.WriteSpan(write.Value.Span);
        }
        _active.Append(_record.WrittenSpan);
        _checkpoint?.Append(_record.WrittenSpan);
    }

    /// <summary>Returns once all batches are on the medium.</summary>
    public void Flush() => _active.Flush();

    /// <summary>Begins a checkpoint; does nothing while there is one.</summary>
    public void BeginCheckpoint()
    {
        if (_checkpoint is not null) return;
        _otherStorage.Truncate(0);
        AppendLog log = AppendLog.Open(_otherStorage);
        Mark(log, Kind.Begin, _generation + 1);
        (_checkpoint, _next) = (log, default);
    }

    /// <summary>Writes the next slice; the last one ends the checkpoint, and the log before it is dropped.</summary>
    /// <param name="maxBytes">Bytes after which to stop.</param>
    /// <returns>True when no checkpoint is under way any more.</returns>
    public bool StepCheckpoint(int maxBytes)
    {
        if (_checkpoint is null) return true;
        _record.ResetWrittenCount();
        var writer = new WireWriter(_record);
        writer.WriteByte((byte)Kind.Slice);
        Digest covered = _store.WritePairs(_next, s_last, maxBytes, _record);
        if (_record.WrittenCount > 1) _checkpoint.Append(_record.WrittenSpan);
        if (covered != s_last)
        {
            _next = Following(covered);
            return false;
        }
        // The root of the moment, for a log without a batch.
        Append([]);
        Mark(_checkpoint, Kind.End, ++_generation);
        _checkpoint.Flush();
        (_activeStorage, _otherStorage) = (_otherStorage, _activeStorage);
        (_active, _checkpoint) = (_checkpoint, null);
        _otherStorage.Truncate(0);
        _otherStorage.Flush();
        return true;
    }

    private void Mark(AppendLog log, Kind kind, ulong generation)
    {
        _record.ResetWrittenCount();
        var writer = new WireWriter(_record);
        writer.WriteByte((byte)kind);
        writer.WriteUInt64(generation);
        log.Append(_record.WrittenSpan);
    }

    // The generation of the log whose checkpoint is ended there, or 0. A fault after the end is one for good.
    private static ulong EndedGeneration(ILogStorage storage, out InvalidDataException? fault)
    {
        ulong ended = 0;
        fault = null;
        try
        {
            AppendLog.Open(storage, record =>
            {
                var reader = new WireReader(record.Span);
                if (reader.TryReadByte(out byte kind) && kind == (byte)Kind.End && reader.TryReadUInt64(out ulong generation)) ended = generation;
            });
        }
        catch (InvalidDataException e) when (ended == 0)
        {
            fault = e;
        }
        return ended;
    }

    private static void Replay(HeapTrieStore store, ReadOnlySpan<byte> record, ref Digest root)
    {
        var reader = new WireReader(record);
        if (!reader.TryReadByte(out byte kind)) throw Damaged();
        if (kind is (byte)Kind.Begin or (byte)Kind.End) return;
        bool isBatch = kind == (byte)Kind.Batch;
        if (!isBatch && kind != (byte)Kind.Slice) throw Damaged();
        if (isBatch) root = reader.TryReadBytes32(out Bytes32 hash) ? new Digest(hash) : throw Damaged();
        var writes = new List<StateWrite>();
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadCount(StateWrite.MaxValueBytes + 1, out int length)) throw Damaged();
            // A slice has no deletions: its lengths are as they are.
            int size = isBatch ? length - 1 : length;
            if (size < 0) writes.Add(StateWrite.Delete(new Digest(key)));
            else writes.Add(new StateWrite(new Digest(key), reader.TryReadSpan(size, out ReadOnlySpan<byte> value) ? value.ToArray() : throw Damaged()));
        }
        try
        {
            if (store.TryStage(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(writes), out _) != StageResult.Ok)
                throw new InvalidDataException($"Expected a log of a state within {store.MaxBytes} bytes, got more.");
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"Expected a log of the state under {store.Prefix} at {store.RootDepth} bits, got another one's.", e);
        }
        store.Commit();
    }

    private static InvalidDataException Damaged() => new("Expected the records of a state log, got something else.");

    private static Digest Following(in Digest key)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size];
        key.Span.CopyTo(bytes);
        for (int i = bytes.Length - 1; i >= 0 && ++bytes[i] == 0; i--) { }
        return new Digest(bytes);
    }
}
