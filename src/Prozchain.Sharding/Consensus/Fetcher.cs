using Prozchain.Sharding.Committees;

namespace Prozchain.Sharding.Consensus;

/// <summary>Asks peers in turn for what this node lacks, one question at a time, after the time in which it may still arrive by itself.</summary>
internal sealed class Fetcher(OrderingOptions options, BlockTree tree, OrderingWriter writer)
{
    private readonly List<TreeBlock> _scratch = [];
    private readonly ulong[] _oldest = new ulong[options.Peers.Count];
    private int _peer = int.Max(options.Member, 0), _askedForRun = -1;
    private bool _waiting, _onlyByHash, _askedByHash;
    private ulong _seenView;

    /// <summary>The block last asked for by its hash: nobody else's ancestors are taken.</summary>
    public Digest Wanted { get; private set; }

    /// <summary>
    /// The height below which members with more seats than may be faulty said that they keep no block; 0 if they did not.
    /// </summary>
    public ulong OldestAtPeers { get; private set; }

    /// <summary>When the next question is due, Unix milliseconds.</summary>
    public long NextMs { get; private set; }

    /// <summary>A member spoke of a view.</summary>
    public void Saw(ulong view) => _seenView = ulong.Max(_seenView, view);

    /// <summary>What came was of use: the next question need not wait.</summary>
    public void Served(long nowMs) => (NextMs, _askedByHash) = (nowMs, false);

    /// <summary>The peer asked proved a finalization but sent no run that leads there: the blocks may be had by hash, if it still has them.</summary>
    /// <returns>False if it was not asked.</returns>
    public bool MissedRun(int member, ulong oldest)
    {
        if (member < 0 || member != _askedForRun) return false;
        _askedForRun = -1;
        _oldest[member] = ulong.Max(_oldest[member], oldest);
        _onlyByHash = oldest <= tree.Tip.Height + 1;
        Committee committee = options.Instance.Committee;
        foreach (ulong claim in _oldest)
        {
            int seats = 0;
            for (int i = 0; i < _oldest.Length; i++)
                if (_oldest[i] >= claim) seats += committee.Members[i].Seats;
            if (seats > committee.MaxFaulty) OldestAtPeers = ulong.Max(OldestAtPeers, claim);
        }
        return true;
    }

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
        if (_askedByHash) _onlyByHash = false; // not even by hash: perhaps the next peer
        if (lacksFinal && !_onlyByHash) AskForRun(to, actions);
        else if (lacksFinal || !need.Block.IsZero)
        {
            Wanted = lacksFinal ? missing : need.Block;
            _askedByHash = true;
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
        AskForRun(to, actions);
    }

    private void AskForRun(NodeId to, NodeActions actions)
    {
        (_askedForRun, _askedByHash) = (_peer, false);
        actions.Send(to, writer.WantBlocks(tree.Tip.Height + 1));
    }

    private NodeId NextPeer()
    {
        _peer = (_peer + 1) % options.Peers.Count;
        if (_peer == options.Member) _peer = (_peer + 1) % options.Peers.Count;
        return options.Peers[_peer];
    }
}
