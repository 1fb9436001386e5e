namespace Prozchain.Sharding.Consensus;

/// <summary>Asks peers in turn for what this node lacks, one question at a time, after the time in which it may still arrive by itself.</summary>
internal sealed class Fetcher(OrderingOptions options, BlockTree tree, OrderingWriter writer)
{
    private readonly List<TreeBlock> _scratch = [];
    private int _peer = int.Max(options.Member, 0);
    private bool _waiting, _onlyByHash;
    private ulong _seenView;

    /// <summary>The block last asked for by its hash: nobody else's ancestors are taken.</summary>
    public Digest Wanted { get; private set; }

    /// <summary>Height of the oldest block that a peer with no run for this node still has; 0 if none said so.</summary>
    public ulong OldestAtPeers { get; private set; }

    /// <summary>When the next question is due, Unix milliseconds.</summary>
    public long NextMs { get; private set; }

    /// <summary>A member spoke of a view.</summary>
    public void Saw(ulong view) => _seenView = ulong.Max(_seenView, view);

    /// <summary>What came was of use: the next question need not wait.</summary>
    public void Served(long nowMs) => NextMs = nowMs;

    /// <summary>A peer proved a finalization but sent no run that leads there: the blocks may be had by hash, if it still has them.</summary>
    public void MissedRun(ulong oldest) => (_onlyByHash, OldestAtPeers) = (true, oldest);

    /// <summary>Asks if something is lacking and the time has come.</summary>
    /// <returns>True if there is something to wait for: until <see cref="NextMs"/>.</returns>
    public bool Advance(long nowMs, int delayMs, ulong view, OrderingCertificate? pending, in Need need, NodeActions actions)
    {
        Digest missing = default;
        bool lacksFinal = pending is not null && tree.PathTo(pending.Subject, _scratch, out missing) == TreePath.Missing;
        if (!lacksFinal) _onlyByHash = false;
        if (!lacksFinal && need == default && _seenView <= view)
        {
            _waiting = false;
            return false;
        }
        if (!_waiting)
        {
            _waiting = true;
            NextMs = nowMs + delayMs;
        }
        if (nowMs < NextMs) return true;
        NextMs = nowMs + 2 * delayMs;
        NodeId to = NextPeer();
        if (lacksFinal && _onlyByHash && OldestAtPeers > tree.Tip.Height + 1) _onlyByHash = false; // not even by hash: perhaps the next peer
        if (lacksFinal && !_onlyByHash) actions.Send(to, writer.WantBlocks(tree.Tip.Height + 1));
        else if (lacksFinal || !need.Block.IsZero)
        {
            Wanted = lacksFinal ? missing : need.Block;
            actions.Send(to, writer.WantBlock(Wanted, tree.Tip.Height));
        }
        else actions.Send(to, writer.WantCertificates(need.View > 0 ? need.View : view));
        _seenView = 0;
        return true;
    }

    /// <summary>Asks the next peer for whatever is new.</summary>
    public void Poll(ulong view, NodeActions actions)
    {
        NodeId to = NextPeer();
        actions.Send(to, writer.WantCertificates(view));
        actions.Send(to, writer.WantBlocks(tree.Tip.Height + 1));
    }

    private NodeId NextPeer()
    {
        _peer = (_peer + 1) % options.Peers.Count;
        if (_peer == options.Member) _peer = (_peer + 1) % options.Peers.Count;
        return options.Peers[_peer];
    }
}
