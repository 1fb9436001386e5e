using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <content>The end of a shard, and its heirs.</content>
public sealed partial class ShardMachine<TTransition>
{
    /// <summary>The body of a block that takes in changes of the layout and does nothing else.</summary>
    /// <param name="changes">The changes, in order.</param>
    public static byte[] BodyOf(params IReadOnlyCollection<TopologyChange> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        var builder = new MicroBlockBuilder();
        ShardBody.Build(builder, [], [], [], changes);
        var output = new ArrayBufferWriter<byte>(builder.EncodedLength);
        builder.Write(output);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Between two blocks: the shard that was split becomes two. Both halves read the memory of the whole, and copy what
    /// they change; machine and cells of the whole have ended.
    /// </summary>
    /// <param name="whole">The shard after the block in which it ended.</param>
    /// <exception cref="ArgumentException">The shard has not ended, or was merged.</exception>
    public static (ShardSlice<TTransition> Left, ShardSlice<TTransition> Right) Split(in ShardSlice<TTransition> whole)
    {
        ShardInfo past = EndOf(whole, children: 2);
        ShardLayout layout = whole.State.Layout;
        (HeapTrieStore left, HeapTrieStore right) = whole.Cells.Split();
        ShardParts parts = whole.Machine.PartsAt(whole.State);
        var halves = (Heir(whole.Machine, layout, past.Children[0], left, parts), Heir(whole.Machine, layout, past.Children[1], right, parts));
        whole.Machine.Dispose();
        return halves;
    }

    /// <summary>Between two blocks: two siblings that were merged become one; the inverse of <see cref="Split"/>. Machines and cells of both have ended.</summary>
    /// <param name="left">The left sibling after the block in which it ended.</param>
    /// <param name="right">The right one.</param>
    /// <param name="whole">The merged shard, when the result is <see cref="StageResult.Ok"/>.</param>
    /// <returns><see cref="StageResult.Full"/> if both may not fit into the bound of one; then nothing happened.</returns>
    /// <exception cref="ArgumentException">They have not ended in one merge.</exception>
    /// <exception cref="InvalidOperationException">An atomic transaction that one of them knew the end of writes more than the bound takes.</exception>
    public static StageResult TryMerge(in ShardSlice<TTransition> left, in ShardSlice<TTransition> right, out ShardSlice<TTransition> whole)
    {
        whole = default;
        ShardInfo past = EndOf(left, children: 1), other = EndOf(right, children: 1);
        if (past.Children[0] != other.Children[0] || !past.IsLeftSiblingOf(other)) throw new ArgumentException($"Expected the left and the right sibling of one merge, got {past.Id} and {other.Id}.", nameof(left));
        StageResult result = HeapTrieStore.TryMerge(left.Cells, right.Cells, out HeapTrieStore? cells);
        if (result != StageResult.Ok) return result;
        whole = Heir(left.Machine, left.State.Layout, past.Children[0], cells!, left.Machine.PartsAt(left.State), right.Machine.PartsAt(right.State));
        left.Machine.Dispose();
        right.Machine.Dispose();
        return StageResult.Ok;
    }

    private static ShardInfo EndOf(in ShardSlice<TTransition> slice, int children)
    {
        ShardId shard = slice.Machine.Shard.Id;
        if (slice.State.Layout.IsLive(shard) || !slice.State.Layout.TryGetInfo(shard, out ShardInfo? past) || past.Children.Count != children)
            throw new ArgumentException($"Expected a shard that has ended with {children} {(children == 1 ? "heir" : "heirs")}, got {shard}.", nameof(slice));
        return past;
    }

    // Parents are given up; the heir's state is theirs as far as its keys go.
    private static ShardSlice<TTransition> Heir(ShardMachine<TTransition> parent, ShardLayout layout, ShardId heir, HeapTrieStore cells, params ReadOnlySpan<ShardParts> parents)
    {
        var machine = new ShardMachine<TTransition>(parent._transition, layout, heir, parent.Options);
        var incoming = new IncomingChannels[parents.Length];
        var outgoing = new OutgoingChannels[parents.Length];
        var atomic = new AtomicShard[parents.Length];
        for (int i = 0; i < parents.Length; i++) (incoming[i], outgoing[i], atomic[i]) = (parents[i].Incoming, parents[i].Outgoing, parents[i].Atomic);
        ShardRange range = ShardRange.Of(machine.Shard);
        ShardRange[] live = ShardParts.PeersOf(machine.Shard, layout);
        // A transaction whose end one parent knew ends for the other's cells.
        var writes = new HeirCells(cells);
        var state = new MachineState(
            Bytes(IncomingChannels.Inherit(range, live, incoming).Write), Bytes(OutgoingChannels.Inherit(range, live, outgoing).Write),
            Bytes(AtomicShard.Inherit(range, writes, machine._parts, atomic).Write), layout);
        writes.Commit();
        return new ShardSlice<TTransition>(machine, cells, state);

        static byte[] Bytes(Action<IBufferWriter<byte>> write)
        {
            var output = new ArrayBufferWriter<byte>();
            write(output);
            return output.WrittenSpan.ToArray();
        }
    }

    // The block as its transactions see it: on the layout that it has taken in.
    private BlockContext Adopted(in BlockContext block) =>
        ReferenceEquals(block.Layout, _parts.Layout) || _parts.HasEnded ? block : new BlockContext(block.ChainId, _parts.Layout, Shard.Id, block.Epoch, block.Height, block.TimeMs);

    private ShardParts PartsAt(MachineState state)
    {
        Restore(state);
        _at = null;
        return _parts;
    }

    /// <summary>Sequence up to which a channel's bundles were applied in a state.</summary>
    internal ulong WatermarkAt(MachineState at, ChannelId channel) => ReadAt(at).Incoming.Watermark(channel);

    /// <summary>What the shard would know of ended ones after a block.</summary>
    internal IReadOnlyList<SettlementName> WantedAt(MachineState at) => ReadAt(at).Wanted();

    private void AddEnding(ShardEnding ending, SentReceipt sent)
    {
        ending.Write(sent.Begin(ReceiptKind.Ending));
        sent.MustArrive = true;
        foreach (ShardInfo shard in _parts.Layout.Shards) sent.AddDestination(shard.Id);
    }

    private sealed class HeirCells(HeapTrieStore store) : ICellStore
    {
        private readonly Dictionary<Digest, StateWrite> _writes = [];

        public bool TryRead(in Digest key, out ReadOnlySpan<byte> value)
        {
            if (!_writes.TryGetValue(key, out StateWrite write)) return store.TryGet(key, out value);
            value = write.Value.Span;
            return !write.IsDelete;
        }

        public void Write(in Digest key, ReadOnlySpan<byte> value) => _writes[key] = new StateWrite(key, value.ToArray());

        public void Erase(in Digest key) => _writes[key] = StateWrite.Delete(key);

        public void Commit()
        {
            if (_writes.Count == 0) return;
            store.Stage([.. _writes.Values]);
            store.Commit();
        }
    }
}

/// <summary>A shard between two blocks: machine, cells and state.</summary>
/// <typeparam name="TTransition">What transactions mean; a struct for speed.</typeparam>
/// <param name="Machine">The machine.</param>
/// <param name="Cells">The cells.</param>
/// <param name="State">Channels, atomic transactions and the layout.</param>
public readonly record struct ShardSlice<TTransition>(ShardMachine<TTransition> Machine, HeapTrieStore Cells, MachineState State) where TTransition : IShardTransition;
