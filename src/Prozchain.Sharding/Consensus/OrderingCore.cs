using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>The state of an <see cref="OrderingNode"/>: what it knows and said, and what follows from votes, certificates, blocks and time.</summary>
internal sealed class OrderingCore
{
    private const int MaxStrikes = 16;

    private readonly OrderingOptions _options;
    private readonly OrderingInstance _instance;
    private readonly ProposalRules _rules;
    private readonly OrderingVoter _voter;
    private readonly ViewTimer _timer;
    private readonly OrderingWriter _writer;
    private readonly (MicroBlock? Block, long ArrivedMs)[] _proposals = new (MicroBlock?, long)[2 * VoteBook.Reach];
    private readonly int[] _strikes;
    private readonly List<TreeBlock> _path = [];

    private NodeActions _actions = new();
    private bool _live;
    private long _nowMs, _lastFinalMs, _nextProposalMs, _wakeMs;
    private OrderingCertificate? _pending;
    private ulong _rejected;
    private Need _need;

    public OrderingCore(OrderingOptions options, OrderingWriter writer)
    {
        (_options, _instance, _writer, Tree) = (options, options.Instance, writer, new BlockTree(options.Instance, options.Anchor));
        Book = new VoteBook(_instance, options.Scheme) { Accuse = options.Application.Accuse };
        Chain = new FinalizedChain(options.Anchor.Height, options.KeepBlocks, options.KeepBytes);
        Fetcher = new Fetcher(options, Tree, writer);
        _rules = new ProposalRules(options, Tree);
        _voter = new OrderingVoter(options, writer);
        _timer = new ViewTimer(options);
        _strikes = new int[options.Peers.Count + 1];
    }

    public BlockTree Tree { get; }

    public VoteBook Book { get; }

    public FinalizedChain Chain { get; }

    public Fetcher Fetcher { get; }

    public ulong View { get; private set; } = 1;

    public OrderingAnchor? Ending { get; private set; }

    public bool IsForked { get; private set; }

    public bool IsOver => Ending is not null || IsForked;

    public bool Stalled(long nowMs) => _live && Ending is null && nowMs - _lastFinalMs >= _options.StallMs;

    public void At(long nowMs, NodeActions actions) => (_nowMs, _actions) = (nowMs, actions);

    public void RestoreBlock(MicroBlock block, bool voted)
    {
        if (Tree.Add(block) is { } added) added.IsPersisted = true;
        if (!voted) return;
        _voter.Restore(OrderingVoteKind.Notarize, block.Header.View, block.Hash);
        View = ulong.Max(View, block.Header.View);
    }

    public void RestoreVote(OrderingVoteKind kind, ulong view, in Digest subject)
    {
        _voter.Restore(kind, view, subject);
        View = ulong.Max(View, kind == OrderingVoteKind.Finalize ? view + 1 : view);
    }

    public void Start()
    {
        _timer.Arm(_lastFinalMs = _nowMs);
        _live = true;
        if (!IsOver) Repeat(givesUp: false);
        Advance();
    }

    /// <summary>Keeps a leader's proposal of a view in reach; its vote is in the book.</summary>
    public void Keep(MicroBlock block)
    {
        ref (MicroBlock? Block, long ArrivedMs) slot = ref _proposals[block.Header.View % (2 * VoteBook.Reach)];
        if (slot.Block?.Header.View != block.Header.View) slot = (block, _nowMs);
        if (Tree.NotarizedAt(block.Header.View)?.Subject == block.Hash) Tree.Add(block);
        Complete();
    }

    public MicroBlock? ProposalAt(ulong view) => _proposals[view % (2 * VoteBook.Reach)].Block is { } block && block.Header.View == view ? block : null;

    /// <returns>False if the vote is forged.</returns>
    public bool Take(in VoteView vote, VoteOrigin origin, int sender)
    {
        if (origin == VoteOrigin.Relayed && _strikes[sender + 1] >= MaxStrikes) return false;
        if (!Book.Add(vote, origin, out OrderingCertificate? certificate)) _strikes[sender + 1]++;
        else if (certificate is not null) Apply(certificate);
        else return true;
        return certificate is not null;
    }

    /// <summary>Checks and applies a certificate, unless it says nothing new.</summary>
    /// <returns>True if it holds, new or not; false also where the sender has lied too often.</returns>
    public bool Take(OrderingCertificate certificate, int sender)
    {
        if (_strikes[sender + 1] >= MaxStrikes) return false;
        if (certificate.Verify(_instance, _options.Scheme) != CertificateResult.Valid)
        {
            _strikes[sender + 1]++;
            return false;
        }
        Apply(certificate);
        return true;
    }

    public bool IsNews(OrderingCertificate certificate) => certificate.Kind switch
    {
        OrderingVoteKind.Notarize => certificate.View > Tree.Tip.View && Tree.NotarizedAt(certificate.View) is null,
        OrderingVoteKind.Finalize => certificate.View > Tree.Tip.View && !(_pending?.View >= certificate.View),
        _ => Tree.IsNews(certificate),
    };

    /// <summary>What follows from a certificate that holds.</summary>
    public void Apply(OrderingCertificate certificate)
    {
        ulong view = certificate.View;
        if (certificate.Kind == OrderingVoteKind.Nullify)
        {
            if (!Tree.AddNullification(certificate)) return;
            Log(certificate);
            ulong next = _instance.FirstViewOf(_instance.TermOf(view) + 1);
            if (next <= View) return;
            if (_live) _voter.Broadcast(certificate, _actions);
            _timer.BackOff();
            Enter(next);
            return;
        }
        bool isNew = Tree.AddNotarization(certificate);
        if (isNew && ProposalAt(view) is { } proposal && proposal.Hash == certificate.Subject) Tree.Add(proposal);
        if (certificate.Kind == OrderingVoteKind.Finalize)
        {
            if (view > Tree.Tip.View && !(_pending?.View >= view)) _pending = certificate;
        }
        else if (!isNew) return;
        else
        {
            Log(certificate);
            if (_live && !IsOver && _voter.MayFinalize(view)) Take(_voter.Finalize(view, certificate.Subject, _actions), VoteOrigin.Verified, -1);
        }
        Complete(); // first, so that the next view's timer is no longer the one of terms given up
        if (view >= View) Enter(view + 1);
    }

    /// <summary>Adds a run of blocks that leads from the last final one to the block of a finalization that holds.</summary>
    public void Finalize(List<MicroBlock> run, OrderingCertificate certificate)
    {
        foreach (MicroBlock block in run) Tree.Add(block);
        OrderingCertificate? pending = _pending;
        _pending = certificate;
        Complete();
        if (pending?.View > certificate.View) _pending = pending;
        Complete();
    }

    /// <summary>Finalizes as far as the blocks are here.</summary>
    public void Complete()
    {
        if (_pending is not { } certificate || IsForked) return;
        if (certificate.View <= Tree.Tip.View)
        {
            _pending = null;
            return;
        }
        switch (Tree.PathTo(certificate.Subject, _path, out _))
        {
            case TreePath.Dead: IsForked = true; return;
            case TreePath.Missing: return;
        }
        _pending = null;
        if (_path.Count == 0) return; // of a later view than the tip's own block: no honest quorum says so
        if (_live)
        {
            foreach (TreeBlock block in _path)
                if (!block.IsPersisted) _actions.Persist(_writer.BlockRecord(block.Block, voted: false));
            Log(certificate);
        }
        _timer.Final();
        // From the proposal, to its maker three delays, to others two.
        if (_live && ProposalAt(certificate.View) is not null)
            _timer.Observe(_nowMs - _proposals[certificate.View % (2 * VoteBook.Reach)].ArrivedMs, _instance.LeaderOf(certificate.View) == _options.Member ? 3 : 2);
        _lastFinalMs = _nowMs;
        Tree.Finalize(_path[^1].Block);
        foreach (TreeBlock block in _path)
        {
            MicroHeader header = block.Block.Header;
            Chain.Add(block.Block, block == _path[^1] ? certificate : null);
            if (header.Kind == MicroBlockKind.Terminal) Ending = new OrderingAnchor(header.Hash, header.Height, header.TimeMs);
            if (header.Kind != MicroBlockKind.Closing && header.Height > _options.AppliedHeight) _options.Application.Finalized(block.Block, certificate);
        }
    }

    /// <summary>Does what time and knowledge allow, and asks for the next tick.</summary>
    public void Advance()
    {
        (_wakeMs, _need) = (long.MaxValue, default);
        if (!IsOver)
        {
            while (TryVote() || TryPropose()) { }
            if (_nowMs >= _timer.DeadlineMs) RunOut();
            WaitFor(_timer.DeadlineMs);
        }
        if (!IsOver && Fetcher.Advance(_nowMs, _timer.DelayMs, View, _pending, _need, _actions)) WaitFor(Fetcher.NextMs);
        _actions.WakeAt(_wakeMs);
    }

    private void Enter(ulong view)
    {
        View = view;
        _timer.Arm(_nowMs);
        // A proposal that came early waited for its view, not for the network.
        if (ProposalAt(view) is not null) _proposals[view % (2 * VoteBook.Reach)].ArrivedMs = _nowMs;
        if (_live && !IsOver && _voter.IsMember && _voter.HasGivenUp(view)) Take(_voter.Nullify(view, _actions), VoteOrigin.Verified, -1);
    }

    private bool TryVote()
    {
        if (IsOver || !_voter.MayNotarize(View) || _rejected == View || ProposalAt(View) is not { } block) return false;
        switch (_rules.Judge(block, _nowMs, out Need need))
        {
            case BlockCheck.Invalid: _rejected = View; return false;
            case BlockCheck.NotYet: Await(need); return false;
        }
        if (Tree.Add(block) is not { } kept) return false;
        kept.IsPersisted = kept.IsChecked = true;
        Take(_voter.Notarize(block, _actions), VoteOrigin.Verified, -1);
        return true;
    }

    private bool TryPropose()
    {
        if (IsOver || _instance.LeaderOf(View) != _options.Member || !_voter.MayNotarize(View)) return false;
        if (_nowMs < _nextProposalMs)
        {
            WaitFor(_nextProposalMs);
            return false;
        }
        BlockCheck found = _rules.FindParent(ulong.Max(Tree.Top?.View ?? 0, Tree.Tip.View), View, out Foundation parent, out Need need);
        ExecutedBlock result = default;
        bool closing = parent.Kind != MicroBlockKind.Ordinary, sealing = _rules.IsSealing(parent.Height + 1);
        if (found == BlockCheck.Invalid) return false;
        if (found == BlockCheck.NotYet || (!closing && !_options.Application.TryGetResult(parent.Hash, sealing, out result)))
        {
            Await(need);
            return false;
        }
        MicroBlock block = _rules.Build(View, parent, result, _nowMs);
        if (!closing && _options.Application.Check(block) != BlockCheck.Valid)
        {
            Await(default);
            return false;
        }
        if (Tree.Add(block) is not { } kept) return false;
        kept.IsPersisted = kept.IsChecked = true;
        Keep(block);
        _nextProposalMs = _nowMs + _options.IntervalMs;
        Take(_voter.Notarize(block, _actions), VoteOrigin.Verified, -1);
        return true;
    }

    private void RunOut()
    {
        _timer.Arm(_nowMs);
        // Repeating the vote to give up is making it, where it was not made before.
        Repeat(givesUp: true);
        if (_voter.IsMember && Tree.Top is { } top) _voter.Push(top, _actions);
        Fetcher.Poll(View, _actions);
    }

    // Votes get lost, and a node that restarts has not kept what it counted.
    private void Repeat(bool givesUp)
    {
        if (!_voter.IsMember) return;
        ulong view = View;
        if (_voter.Notarized.View == View) Take(_voter.RepeatNotarize(Tree.Find(_voter.Notarized.Subject)?.Block, _actions), VoteOrigin.Verified, -1);
        if (_voter.Finalized.View > Tree.Tip.View && VoteBook.IsInReach(_voter.Finalized.View, View)) Take(_voter.RepeatFinalize(_actions), VoteOrigin.Verified, -1);
        if ((givesUp && View == view) || _voter.HasGivenUp(View)) Take(_voter.Nullify(View, _actions), VoteOrigin.Verified, -1);
    }

    private void Await(in Need need)
    {
        if (need == default) WaitFor(_nowMs + _options.RetryMs); else _need = need;
    }

    private void WaitFor(long timeMs) => _wakeMs = long.Min(_wakeMs, timeMs);

    private void Log(OrderingCertificate certificate) { if (_live) _actions.Persist(_writer.CertificateRecord(certificate)); }
}
