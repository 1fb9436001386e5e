using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Replication;

/// <content>To whom a member speaks.</content>
public sealed partial class ShardNode<TTransition>
{
    private readonly HashSet<Digest> _passedOnAgain = [];
    private readonly int _resendMs;
    private long _passWindowMs;

    // A client that hands in again what waits here may do so because the leader of the moment has never heard of it: it
    // is passed on once more, once in a while.
    private bool MayPassOnAgain(in Digest transaction, long nowMs)
    {
        if (Replica.HasEnded || !Replica.Pool.Waits(transaction)) return false;
        if (nowMs >= _passWindowMs)
        {
            _passWindowMs = nowMs + _resendMs;
            _passedOnAgain.Clear();
        }
        return _passedOnAgain.Add(transaction);
    }

    private void Deliver(FinalityProof header, ShardId destination, int attempt, List<SentReceipt> receipts, NodeActions actions)
    {
        if (_committees.FindNow(destination, Epoch) is not { } committee) return;
        foreach (SentReceipt[] part in receipts.Chunk(MaxReceiptsPerMessage))
            actions.Send(Spread(committee, header.Header.Height, attempt), _writer.Delivery(header, part));
    }

    // To whom this member speaks: each of the others is spoken to by one more member than can be faulty.
    private ReadOnlySpan<NodeId> Spread(ShardCommittee committee, ulong height, int attempt)
    {
        int members = _options.Peers.Count, speakers = FaultyOf(members) + 1;
        _to.Clear();
        for (int i = 0; i < committee.Peers.Count; i++)
            if ((int)(((ulong)(_options.Member + i) + height + (ulong)(attempt * speakers)) % (ulong)members) < speakers) _to.Add(committee.Peers[i]);
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_to);
    }

    // To more nodes than can be faulty of each other shard that holds one of the cells.
    private void SendToHolders(ReadOnlySpan<DeclaredCell> cells, in Digest transaction, ReadOnlySpan<byte> message, NodeActions actions)
    {
        var shards = new SortedSet<ShardId>();
        foreach (DeclaredCell cell in cells)
            if (Routes.TryShardOf(cell.Class, cell.Key, out ShardId holder)) shards.Add(holder);
        shards.Remove(Self);
        foreach (ShardId shard in shards)
        {
            if (_committees.FindNow(shard, Epoch) is not { } committee) continue;
            int enough = FaultyOf(committee.Peers.Count) + 1;
            for (int i = 0; i < enough; i++) actions.Send(committee.Peers[(int)((transaction.Span[0] + (uint)i) % (uint)committee.Peers.Count)], message);
        }
    }

    private void SendToMembers(ReadOnlySpan<byte> message, NodeActions actions)
    {
        for (int i = 0; i < _options.Peers.Count; i++)
            if (i != _options.Member) actions.Send(_options.Peers[i], message);
    }
}
