using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>What an engine's options give: the cells at genesis, and the digest that tells two networks apart.</summary>
internal static class EngineIdentity
{
    private const int MostPerBatch = 1 << 16;

    /// <summary>Puts a shard's cells at genesis into its store, which is ended if they do not go in.</summary>
    public static HeapTrieStore Fill(HeapTrieStore store, List<StateWrite> cells)
    {
        try
        {
            cells.Sort((a, b) => a.Key.CompareTo(b.Key));
            for (int i = 0; i < cells.Count; i++)
            {
                if (i > 0 && cells[i].Key == cells[i - 1].Key) throw new ArgumentException($"Expected each cell once, got {cells[i].Key} twice.", nameof(cells));
                if (cells[i].IsDelete) throw new ArgumentException($"Expected cells with values, got a deletion of {cells[i].Key}.", nameof(cells));
            }
            for (int from = 0; from < cells.Count; from += MostPerBatch)
            {
                int count = Math.Min(MostPerBatch, cells.Count - from);
                if (store.TryStage(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(cells).Slice(from, count), out _) != StageResult.Ok)
                    throw new ArgumentException($"Expected cells that fit {store.MaxBytes} bytes a shard, got more.", nameof(cells));
                store.Commit();
            }
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>The most bytes of one body, such that a round of full ones fits into one record.</summary>
    public static int BodyBytes(int shards, int microBlocks)
    {
        long bytes = (AppendLog.MaxRecordBytes - RoundFrame.MaxHostMark - 1024L) / ((long)shards * microBlocks) - sizeof(uint);
        return (int)Math.Min(bytes, WireLimits.MaxMicroBody);
    }

    public static Digest DigestOf(InProcessOptions options, ShardLayout layout, IEnumerable<Digest> roots)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        AtomicOptions atomic = options.Rules.Atomic;
        ChannelOptions channels = options.Rules.Channels;
        writer.WriteUInt64(atomic.ChainId);
        writer.WriteUInt64((ulong)options.GenesisTimeMs);
        writer.WriteUInt32((uint)options.MicroBlocks);
        writer.WriteUInt64((ulong)options.MicroBlockMs);
        writer.WriteUInt64(options.Rules.Limits.BlockGas);
        writer.WriteUInt64((ulong)channels.MaxQueued);
        writer.WriteUInt32((uint)channels.InitialCredit);
        writer.WriteUInt32((uint)channels.MaxChannels);
        writer.WriteUInt64(channels.MaxUnattested);
        writer.WriteUInt64((ulong)atomic.MaxValidityMs);
        writer.WriteUInt64((ulong)atomic.RetentionMs);
        writer.WriteUInt64((ulong)atomic.MinBlockIntervalMs);
        writer.WriteUInt32((uint)atomic.MaxPerBlock);
        writer.WriteUInt32((uint)atomic.MaxOpen);
        writer.WriteUInt64(atomic.DecideWithinBlocks);
        writer.WriteUInt64(atomic.LockBlocks);
        writer.WriteUInt32((uint)atomic.Programs.Count);
        foreach (ushort program in atomic.Programs.Keys.Order()) writer.WriteUInt16(program);
        writer.WriteUInt32((uint)options.Validators.Count);
        if (options.Validators.Count > 0)
        {
            foreach (EngineValidator validator in options.Validators)
            {
                writer.WriteUInt16((ushort)validator.Signer.PublicKey.Length);
                writer.WriteSpan(validator.Signer.PublicKey.Span);
                writer.WriteUInt64(validator.Stake);
            }
            writer.WriteUInt32((uint)(options.Security?.OrderingSeats ?? options.UnsafeDevelopment!.Value.SeatsPerShard));
            writer.WriteUInt32((uint)(options.Security?.AttestationSeats ?? options.UnsafeDevelopment!.Value.SeatsPerShard));
            writer.WriteUInt32((uint)(options.UnsafeDevelopment?.MaxTicketsPerValidator ?? 0));
            writer.WriteUInt32((uint)options.RoundsPerEpoch);
            Span<byte> seed = stackalloc byte[Digest.Size];
            options.Randomness.WriteSeed(0, seed);
            writer.WriteSpan(seed);
        }
        writer.WriteBytes32(layout.Hash().Bytes);
        foreach (Digest root in roots) writer.WriteBytes32(root.Bytes);
        return new Digest(Domains.EngineGenesis.Hash(output.WrittenSpan));
    }
}
