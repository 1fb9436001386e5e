using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Replication;

/// <content>Changes of the layout: a shard takes them in with a block, and ends with the one that is its own.</content>
internal sealed partial class ShardParts
{
    private bool _ends;

    /// <summary>Which shard holds which key, after the block.</summary>
    public ShardLayout Layout => _layout;

    /// <summary>True if the shard is not part of it any more.</summary>
    public bool HasEnded => !_layout.IsLive(_self.Id);

    /// <summary>The shard's end, in the block in which it ends.</summary>
    public ShardEnding? Ending { get; private set; }

    /// <summary>What the ended shard ever said, to prove from.</summary>
    public TrieStore? Settled { get; private set; }

    public AtomicResult[] SettlementResults { get; private set; } = [];

    /// <summary>The live shards but this one and its heirs; where it was merged, its sibling as well, which is what it knew when it ended.</summary>
    public static ShardRange[] PeersOf(ShardInfo self, ShardLayout layout)
    {
        var peers = new List<ShardRange>();
        foreach (ShardInfo live in layout.Shards)
        {
            if (live.Id == self.Id) continue;
            if (!live.Overlaps(self)) peers.Add(ShardRange.Of(live));
            else if (layout.TryGetInfo(self.Id, out ShardInfo? past) && past.Children.Count == 1)
                foreach (ShardId parent in live.Parents)
                    if (parent != self.Id && layout.TryGetInfo(parent, out ShardInfo? sibling)) peers.Add(ShardRange.Of(sibling));
        }
        return [.. peers];
    }

    /// <summary>Before a block: takes in the changes that it names. False if no valid block names them here.</summary>
    public bool TryAdopt(in BlockContext block, ShardBody body)
    {
        _ends = false;
        (Ending, Settled) = (null, null);
        // An ended shard has no block.
        if (HasEnded) return false;
        foreach (TopologyChange change in body.Topology)
        {
            if (_ends || !change.Fits(_layout) || block.TimeMs < change.ActivationMs) return false;
            _layout = change.ApplyTo(_layout);
            _ends = HasEnded;
            if (_ends) continue;
            ShardRange[] live = [.. _layout.Shards.Select(ShardRange.Of)];
            Incoming.Adopt(live);
            Outgoing.Adopt(live);
        }
        // What a shard of a layout to come says has to wait until that layout is taken in.
        foreach (BodySource source in body.Sources)
            if (!_layout.TryGetInfo(source.Shard, out _)) return false;
        return !_ends || body.IsTopologyAlone;
    }

    /// <summary>What the shard would know of ended ones.</summary>
    public SettlementName[] Wanted()
    {
        var wanted = new List<(ShardId Shard, Digest Transaction, Attempt Attempt)>();
        if (!_ends) Atomic.Wanted(wanted);
        return [.. wanted.Select(name => new SettlementName(name.Shard, name.Transaction, name.Attempt))];
    }

    // Endings first: what an ended shard said then counts if it is in its settled set.
    private void TakeEndings(ShardBody body)
    {
        foreach (ProvenReceipt receipt in body.Endings) Atomic.Accept(receipt.Ending!);
        SettlementResults = [.. body.Settlements.Select(item => Atomic.Settle(item.Name.Shard, item.Name.Transaction, item.Name.Attempt, item.Value.Span, item.Proof))];
    }

    private void EndIfDue()
    {
        if (!_ends) return;
        _layout.TryGetInfo(_self.Id, out ShardInfo? past);
        Ending = Atomic.End([.. past!.Children.Order()], out TrieStore settled);
        Settled = settled;
        Outgoing.End();
    }
}
