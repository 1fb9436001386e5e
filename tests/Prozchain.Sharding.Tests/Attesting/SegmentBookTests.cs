using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Replication;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Attesting;

public class SegmentBookTests
{
    /// <summary>Whatever the store became since, the witness is that of a store which is still at the state before the segment.</summary>
    [Fact]
    public void WitnessOf_StoreThatWentOn_IsThatOfTheStateBefore()
    {
        var random = new Random((int)TestSettings.Seed);
        MachineState state = new MachineWorld().Shards[0].Machine.Genesis;
        ShardInfo shard = ShardLayout.Create(1).Shards[0];
        using var cells = new HeapTrieStore(1 << 24, shard.Prefix, shard.Depth);
        var content = new Dictionary<Digest, StateWrite>();
        var book = new SegmentBook(state, cells, shard.Prefix, 1 << 30);
        var before = new Dictionary<ulong, StateWrite[]>();
        int removed = 0;
        for (ulong height = 1; height <= 60; height++)
        {
            bool sealing = height % 5 == 0;
            if (sealing) before[height + 5] = [.. content.Values];
            var writes = new Dictionary<Digest, StateWrite>();
            var touched = new SortedSet<Digest>();
            for (int i = random.Next(12); i >= 0; i--)
            {
                Digest key = ScriptTransition.KeyOf((byte)random.Next(64));
                touched.Add(key);
                if (random.Next(3) == 0) continue;
                writes[key] = random.Next(2) == 0 ? StateWrite.Delete(key) : new StateWrite(key, BitConverter.GetBytes(random.NextInt64()));
            }
            var step = new ShardStep(state) { Touched = [.. touched] };
            step.Take([.. writes.Values]);
            book.Add(Block(height, sealing ? TestNetwork.Key(1) : default), state, step, ShardHistory.UndoOf([.. writes.Values], cells));
            cells.Stage(step.Writes.Span);
            cells.Commit();
            foreach (StateWrite write in writes.Values)
            {
                if (write.IsDelete && content.Remove(write.Key)) removed++;
                if (!write.IsDelete) content[write.Key] = write;
            }
        }
        Assert.True(removed > 30 && book.Closed.Count == 12, $"Expected 12 segments with removals, got {book.Closed.Count} and {removed}.");
        foreach (Segment segment in book.Closed)
        {
            using var then = new HeapTrieStore(1 << 24, shard.Prefix, shard.Depth);
            then.Stage(before.GetValueOrDefault(segment.Seal!.Height, []));
            then.Commit();
            Assert.Equal(then.Root, segment.Cells);
            byte[] expected = TestNetwork.Encode(output => then.WriteWitness([.. segment.Touched], [.. segment.Removed], output));
            Assert.True(expected.AsSpan().SequenceEqual(book.WitnessOf(segment).Span), $"Expected the witness of the state before {segment.Blocks[0].Header.Height}, got another with seed {TestSettings.Seed}.");
        }
        book.Forget(29);
        Assert.Equal(35UL, book.Closed[0].Seal!.Height);
        book.Forget(59);
        Assert.Empty(book.Closed);
    }

    private static MicroBlock Block(ulong height, Digest stateRoot) => new(
        new MicroHeader
        {
            Kind = MicroBlockKind.Ordinary, ChainId = 1, Shard = new ShardId(1), Epoch = 1, Instance = default, View = height, ParentView = height - 1, Height = height, Parent = default, TimeMs = 0,
            BodyRoot = default, BodyLength = 0, ReceiptsRoot = default, WriteDigest = default, StateRoot = stateRoot,
        }, default);
}
