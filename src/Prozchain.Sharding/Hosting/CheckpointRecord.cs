using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>Records of a checkpoint: cells as they are when they are written, and cells written since, in order. docs/formats/sharding-engine.md.</summary>
internal static class CheckpointRecord
{
    public const byte Begin = 3, Cells = 4, Writes = 5, End = 6;

    private static readonly Digest s_last = new(Enumerable.Repeat((byte)0xFF, Digest.Size).ToArray());

    public static void BeginPart(IBufferWriter<byte> output, byte kind, int shard)
    {
        output.Begin(kind);
        new WireWriter(output).WriteVarint((ulong)shard);
    }

    /// <summary>Writes cells from a key on; true once the last one is written, else the key to go on from.</summary>
    public static bool WriteCells(HeapTrieStore store, ref Digest from, int maxBytes, IBufferWriter<byte> output)
    {
        Digest covered = store.WritePairs(from, s_last, maxBytes, output);
        if (covered == s_last) return true;
        Span<byte> bytes = stackalloc byte[Digest.Size];
        covered.Span.CopyTo(bytes);
        for (int i = bytes.Length - 1; i >= 0 && ++bytes[i] == 0; i--) { }
        from = new Digest(bytes);
        return false;
    }

    public static void WriteWrites(ReadOnlySpan<StateWrite> writes, IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        foreach (ref readonly StateWrite write in writes)
        {
            writer.WriteBytes32(write.Key.Bytes);
            writer.WriteVarint(write.IsDelete ? 0 : (ulong)write.Value.Length + 1);
            if (!write.IsDelete) writer.WriteSpan(write.Value.Span);
        }
    }

    /// <summary>Writes what ended shards said, and when they ended; of none, nothing.</summary>
    public static void WriteSettled(IReadOnlyDictionary<ShardId, (TrieStore Set, long EndedMs)> settled, IBufferWriter<byte> output)
    {
        if (settled.Count == 0) return;
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)settled.Count);
        foreach ((ShardId shard, (TrieStore set, long endedMs)) in settled)
        {
            writer.WriteUInt64(shard.Value);
            writer.WriteUInt64((ulong)endedMs);
            writer.WriteVarint((ulong)set.Count);
            set.Visit((key, value) =>
            {
                var entry = new WireWriter(output);
                entry.WriteBytes32(key.Bytes);
                entry.WriteVarint((ulong)value.Length);
                entry.WriteSpan(value.Span);
            });
        }
    }

    /// <summary>Puts back what <see cref="WriteSettled"/> wrote; false for other bytes.</summary>
    public static bool TryReadSettled(ref WireReader reader, IDictionary<ShardId, (TrieStore Set, long EndedMs)> settled)
    {
        settled.Clear();
        if (reader.IsAtEnd) return true;
        if (!reader.TryReadCount(reader.Remaining, out int count) || count == 0) return false;
        for (; count > 0; count--)
        {
            if (!reader.TryReadUInt64(out ulong shard) || !reader.TryReadUInt64(out ulong endedMs) || !reader.TryReadCount(reader.Remaining / Digest.Size, out int entries)) return false;
            var writes = new Dictionary<Digest, StateWrite>();
            for (; entries > 0; entries--)
            {
                if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadCount(StateWrite.MaxValueBytes, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> value)) return false;
                writes[new Digest(key)] = new StateWrite(new Digest(key), value.ToArray());
            }
            var set = new TrieStore();
            set.Stage(writes.Values.ToArray());
            set.Commit();
            settled[new ShardId(shard)] = (set, (long)endedMs);
        }
        return true;
    }

    /// <summary>Writes the beacon's state with its root; without a beacon, that there is none.</summary>
    public static void WriteBeacon(BeaconState? state, IBufferWriter<byte> output)
    {
        byte[] bytes = state is null ? [] : BeaconWire.Encode(state.Write);
        BeaconWire.WriteBytes(output, bytes);
        if (state is not null) new WireWriter(output).WriteBytes32(state.Root().Bytes);
    }

    /// <summary>Puts back what <see cref="WriteBeacon"/> wrote; false for other bytes.</summary>
    public static bool TryReadBeacon(ref WireReader reader, BeaconDesk? beacon) =>
        reader.TryReadCount(reader.Remaining, out int length) && reader.TryReadSpan(length, out ReadOnlySpan<byte> state) && (length == 0) == (beacon is null)
        && (beacon is null || reader.TryReadBytes32(out Bytes32 root) && beacon.TryRead(state, new Digest(root)));

    /// <summary>Applies a record to the store of its shard.</summary>
    /// <exception cref="InvalidDataException">It is no such record, or too much for the store.</exception>
    public static void Apply(ReadOnlySpan<byte> record, IReadOnlyList<HeapTrieStore> stores)
    {
        var reader = new WireReader(record[2..]);
        bool isWrites = record[1] == Writes;
        if (!reader.TryReadCount(stores.Count - 1, out int shard)) throw Damaged();
        // Of one key the last counts.
        var writes = new Dictionary<Digest, StateWrite>();
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadCount(StateWrite.MaxValueBytes + 1, out int length)) throw Damaged();
            var cell = new Digest(key);
            int size = isWrites ? length - 1 : length;
            if (size > StateWrite.MaxValueBytes) throw Damaged();
            if (size < 0) writes[cell] = StateWrite.Delete(cell);
            else writes[cell] = new StateWrite(cell, reader.TryReadSpan(size, out ReadOnlySpan<byte> value) ? value.ToArray() : throw Damaged());
        }
        try
        {
            if (stores[shard].TryStage(writes.Values.ToArray(), out _) != StageResult.Ok) throw new InvalidDataException($"Expected a checkpoint within {stores[shard].MaxBytes} bytes a shard, got more.");
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("Expected a checkpoint with cells under their shard's prefix, got others.", e);
        }
        stores[shard].Commit();
    }

    private static InvalidDataException Damaged() => new("Expected the records of a checkpoint, got something else.");
}
