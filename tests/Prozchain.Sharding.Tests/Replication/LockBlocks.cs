using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Blocks that order requests for locks, which no body carries yet: the same parts, around the same state.</summary>
internal static class LockBlocks
{
    public static void Lock(this LineageWorld world, LineageWorld.Node node, Func<AtomicShard, AtomicResult> act)
    {
        world.NowMs = Math.Max(world.NowMs, node.TimeMs + 100);
        ShardMachine<IShardTransition> machine = node.Slice.Machine;
        var parts = new ShardParts(machine.Shard, node.State.Layout, machine.Options);
        Assert.True(parts.TryRestore(node.State));
        var cells = new Cells(node.Slice.Cells);
        ShardBody body = ShardBody.TryRead(default)!;
        var block = new BlockContext(TestNetwork.ChainId, node.State.Layout, node.Id, LineageWorld.Epoch, node.Height + 1, world.NowMs);
        Assert.True(parts.TryAdopt(block, body));
        var step = new ShardStep();
        parts.Begin(block, body, step);
        Assert.Equal(0, parts.Before(cells));
        Assert.Equal(AtomicResult.Accepted, act(parts.Atomic));
        parts.After(cells);
        (node.Height, node.TimeMs) = (node.Height + 1, world.NowMs);
        cells.Commit();
        step.After.Fill(parts);
        node.Slice = node.Slice with { State = step.After };
        byte[][] said = [.. parts.Emitted.Select(record => TestNetwork.Encode(record.Write))];
        if (said.Length == 0) return;
        var root = new Digest(TreeProver.ProveAll(Array.ConvertAll(said, bytes => ReceiptProof.LeafOf(ReceiptKind.Record, bytes)), out Bytes32[][] siblings));
        var source = new BodySource(node.Id, node.Height, LineageWorld.Epoch, root);
        for (int i = 0; i < said.Length; i++)
        {
            var proof = new ReceiptProof();
            proof.Begin(said.Length, i);
            foreach (Bytes32 sibling in siblings[i]) proof.Add(sibling);
            world.Archive.Add(ProvenReceipt.TryRead(source, (byte)ReceiptKind.Record, said[i], proof)!);
        }
    }

    private sealed class Cells(HeapTrieStore store) : IBlockCells
    {
        private readonly Dictionary<Digest, byte[]> _writes = [];

        public bool TryRead(in Digest key, out ReadOnlySpan<byte> value)
        {
            if (!_writes.TryGetValue(key, out byte[]? written)) return store.TryGet(key, out value);
            value = written;
            return true;
        }

        public void Write(in Digest key, ReadOnlySpan<byte> value) => _writes[key] = value.ToArray();

        public ulong ValueOf(ReadOnlySpan<byte> receipt) => default(TransferTransition).ValueOf(receipt);

        public void Erase(in Digest key) => throw new NotSupportedException();

        public void Credit(in Digest cell, ReadOnlySpan<byte> payload) => throw new NotSupportedException();

        public void Commit()
        {
            store.Stage([.. _writes.Select(write => new StateWrite(write.Key, write.Value))]);
            store.Commit();
        }
    }
}
