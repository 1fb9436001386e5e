using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// One node of a shard's ordering committee: Simplex (Chan and Pass, "Simplex Consensus: A Simple and Fast Consensus
/// Protocol", TCC 2023) with leaders that stay for a term of views. A block is final three one-way delays after its
/// proposal; fewer than a third of the seats can neither fork the chain nor stop it for good.
/// </summary>
/// <remarks>
/// <para>
/// In each view the leader proposes on the highest notarized block; members notarize one block per view; whoever sees a
/// quorum of notarizations enters the next view and, unless it has given up this term, votes to finalize. Whoever sees a
/// view's time run out gives up the view and the rest of its term; a quorum of that starts the next term.
/// </para>
/// <para>
/// Why it does not fork. A member votes to finalize w only when it enters w + 1 or is past it, and gives up only the view
/// it is in: so who finalized w gives up no view ≤ w, and who gave up v finalizes no view ≥ v of that term (here: none of
/// the term). Let b be final in view w, and let b' be the notarized block of the lowest view above w that does not descend
/// from b. Its parent is not notarized above w, or that would be lower; nor in w, where two quorums share an honest member
/// that notarizes once; so it lies below w, and w is covered by a quorum that gave up some v ≤ w of w's term. That quorum
/// and the one that finalized w share an honest member, which did both: impossible.
/// </para>
/// </remarks>
public sealed class OrderingNode : IProtocolNode
{
    private readonly OrderingOptions _options;
    private readonly OrderingCore _core;
    private readonly BlockServer _server;
    private readonly Dictionary<NodeId, int> _members = [];
    private readonly List<MicroBlock> _blocks = [];

    /// <summary>Makes a node that has seen nothing but the block its run starts from.</summary>
    /// <param name="options">The run, the application and the peers.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public OrderingNode(OrderingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        var writer = new OrderingWriter();
        _options = options;
        _core = new OrderingCore(options, writer);
        _server = new BlockServer(options.Instance, _core.Tree, _core.Chain, writer, options.DelayMs);
        for (int i = 0; i < options.Peers.Count; i++) _members.TryAdd(options.Peers[i], i);
    }

    internal OrderingCore Core => _core;

    /// <summary>The current view.</summary>
    public ulong View => _core.View;

    /// <summary>Height of the last final block, closing blocks not counted.</summary>
    public ulong FinalHeight => _core.Ending?.Height ?? _core.Tree.Tip.Height;

    /// <summary>Hash of the last final block, closing blocks not counted.</summary>
    public Digest FinalHash => _core.Ending?.Hash ?? _core.Tree.Tip.Hash;

    /// <summary>The terminal block once it is final: what the next epoch's run starts from. Then this run only answers those who catch up.</summary>
    public OrderingAnchor? Ending => _core.Ending;

    /// <summary>
    /// True if a finalization arrived that contradicts a final block: a quorum or more of the seats is dishonest, and the
    /// node says nothing more.
    /// </summary>
    public bool IsForked => _core.IsForked;

    /// <summary>
    /// Height that the peers' oldest kept block builds on, if it is above this node's last final block: catching up then
    /// needs a newer anchor and the state at it. Peers with more seats than may be faulty say so. 0 otherwise.
    /// </summary>
    public ulong NeedsAnchorAt => _core.Fetcher.OldestAtPeers > _core.Tree.Tip.Height + 1 ? _core.Fetcher.OldestAtPeers - 1 : 0;

    /// <summary>Forged votes that came from a member's own address, since the node was made. Not provable to others.</summary>
    /// <param name="member">Index in the committee.</param>
    public int ForgedVotes(int member) => _core.Book.Forged[member];

    /// <summary>
    /// True if no block became final for <see cref="OrderingOptions.StallMs"/>: the fact on which a beacon draws a fresh
    /// committee. An idle shard is not stalled: it finalizes empty blocks.
    /// </summary>
    /// <param name="nowMs">The time, Unix milliseconds.</param>
    public bool Stalled(long nowMs) => _core.Stalled(nowMs);

    /// <summary>Proof for those who did not follow that the block at a height is final; null if it is not, or no longer kept.</summary>
    /// <param name="height">The height.</param>
    public FinalityProof? ProofOf(ulong height) => _core.Chain.ProofOf(height);

    /// <summary>Proof for those who did not follow that the last final block is final, with the headers from a height on; null if there is none above it, or no longer kept.</summary>
    /// <param name="height">The first header's height.</param>
    public FinalityProof? ProofThrough(ulong height) => _core.Chain.ProofThrough(height);

    /// <inheritdoc/>
    /// <remarks>Final blocks of the log above <see cref="OrderingOptions.AppliedHeight"/> are handed to the application here. The log is trusted.</remarks>
    public void Restore(ReadOnlySpan<byte> record)
    {
        var reader = new WireReader(record);
        if (!reader.TryReadByte(out byte version) || version != WireLimits.Version || !reader.TryReadByte(out byte type)) return;
        switch ((OrderingRecord)type)
        {
            case OrderingRecord.Block or OrderingRecord.VotedBlock when MicroBlock.Read(ref reader, out MicroBlock block) == ReadResult.Ok:
                _core.RestoreBlock(block, type == (byte)OrderingRecord.VotedBlock);
                break;
            case OrderingRecord.Vote when reader.TryReadByte(out byte kind) && reader.TryReadUInt64(out ulong view) && reader.TryReadBytes32(out Bytes32 subject)
                && OrderingCertificate.IsStatement(kind, view, subject):
                _core.RestoreVote((OrderingVoteKind)kind, view, new Digest(subject));
                break;
            case OrderingRecord.Certificate when OrderingCertificate.Read(ref reader, out OrderingCertificate certificate) == ReadResult.Ok:
                _core.Apply(certificate);
                break;
        }
    }

    /// <inheritdoc/>
    public void Start(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _core.At(nowMs, actions);
        _core.Start();
    }

    /// <inheritdoc/>
    public void Tick(long nowMs, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _core.At(nowMs, actions);
        _core.Advance();
    }

    /// <inheritdoc/>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> message, NodeActions actions)
    {
        ArgumentNullException.ThrowIfNull(actions);
        _core.At(nowMs, actions);
        if (_core.IsForked) return;
        var reader = new WireReader(message);
        if (!reader.TryReadByte(out byte version) || version != WireLimits.Version || !reader.TryReadByte(out byte type)) return;
        int sender = _members.GetValueOrDefault(from, -1);
        if ((OrderingMessage)type is OrderingMessage.WantCertificates or OrderingMessage.WantBlocks or OrderingMessage.WantBlock)
        {
            Answer((OrderingMessage)type, ref reader, from, sender, nowMs, actions);
            return;
        }
        if (_core.IsOver) return;
        switch ((OrderingMessage)type)
        {
            case OrderingMessage.Proposal: OnProposal(ref reader, sender); break;
            case OrderingMessage.Vote: OnVote(ref reader, sender); break;
            case OrderingMessage.Certificate:
                if (OrderingCertificate.Read(ref reader, out OrderingCertificate certificate) == ReadResult.Ok && reader.IsAtEnd && _core.IsNews(certificate))
                    _core.Take(certificate, sender);
                break;
            case OrderingMessage.Blocks: OnBlocks(ref reader, sender, nowMs); break;
            case OrderingMessage.Ancestors: OnAncestors(ref reader, nowMs); break;
            default: return;
        }
        _core.Advance();
    }

    private void OnProposal(ref WireReader reader, int sender)
    {
        if (!reader.TryReadSpan(_options.Scheme.Sizes.Share, out ReadOnlySpan<byte> share) || MicroBlock.Read(ref reader, out MicroBlock block) != ReadResult.Ok || !reader.IsAtEnd) return;
        MicroHeader header = block.Header;
        OrderingInstance instance = _options.Instance;
        if (header.Instance != instance.Id || header.ChainId != instance.ChainId || header.Shard != instance.Committee.Shard
            || header.Epoch != instance.Committee.Epoch || header.BodyLength > _options.MaxBodyBytes) return;
        int leader = instance.LeaderOf(header.View);
        if (sender == leader) _core.Fetcher.Saw(header.View);
        if (!VoteBook.IsInReach(header.View, _core.View)) return;
        if (_core.ProposalAt(header.View) is { } kept && (kept.Hash == header.Hash || _core.Book.IsAccused(leader))) return;
        // Checked at once, whoever sent it: what a node votes for must be provable.
        if (_core.Take(new VoteView(OrderingVoteKind.Notarize, header.View, leader, header.Hash, share), VoteOrigin.Relayed, sender)) _core.Keep(block);
    }

    private void OnVote(ref WireReader reader, int sender)
    {
        if (!OrderingWriter.TryReadVote(ref reader, _options.Peers.Count, _options.Scheme.Sizes.Share, out VoteView vote)) return;
        if (vote.Member == sender) _core.Fetcher.Saw(vote.View);
        if (vote.View > _core.Tree.Tip.View && VoteBook.IsInReach(vote.View, _core.View))
            _core.Take(vote, vote.Member == sender ? VoteOrigin.Direct : VoteOrigin.Relayed, sender);
    }

    private void OnBlocks(ref WireReader reader, int sender, long nowMs)
    {
        if (!reader.TryReadUInt64(out ulong oldest) || OrderingCertificate.Read(ref reader, out OrderingCertificate certificate) != ReadResult.Ok
            || certificate.Kind != OrderingVoteKind.Finalize || certificate.View <= _core.Tree.Tip.View || !OrderingWriter.TryReadBlocks(ref reader, _blocks)) return;
        Digest parent = _core.Tree.Tip.Hash;
        foreach (MicroBlock block in _blocks)
        {
            if (block.Header.Parent != parent) return;
            parent = block.Hash;
        }
        if ((_blocks.Count > 0 && parent != certificate.Subject) || !_core.Take(certificate, sender)) return;
        if (_blocks.Count > 0) _core.Finalize(_blocks, certificate);
        else if (!_core.Fetcher.MissedRun(sender, oldest)) return;
        _core.Fetcher.Served(nowMs);
    }

    private void OnAncestors(ref WireReader reader, long nowMs)
    {
        if (!OrderingWriter.TryReadBlocks(ref reader, _blocks) || _blocks.Count == 0 || _blocks[0].Hash != _core.Fetcher.Wanted) return;
        Digest expected = _core.Fetcher.Wanted;
        bool served = false;
        foreach (MicroBlock block in _blocks)
        {
            bool known = _core.Tree.Find(block.Hash) is not null;
            if (block.Hash != expected || _core.Tree.Add(block) is null) break;
            served |= !known;
            expected = block.Header.Parent;
        }
        if (!served) return;
        _core.Fetcher.Served(nowMs);
        _core.Complete();
    }

    private void Answer(OrderingMessage question, ref WireReader reader, NodeId from, int sender, long nowMs, NodeActions actions)
    {
        Bytes32 hash = default;
        if ((question == OrderingMessage.WantBlock && !reader.TryReadBytes32(out hash)) || !reader.TryReadUInt64(out ulong number) || !reader.IsAtEnd) return;
        if (!_server.MayAnswer(sender, nowMs)) return;
        if (question == OrderingMessage.WantCertificates) _server.SendCertificates(from, number, actions);
        else if (question == OrderingMessage.WantBlocks) _server.SendBlocks(from, number, actions);
        else _server.SendAncestors(from, new Digest(hash), number, actions);
    }
}
