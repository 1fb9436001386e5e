using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>Answers those who catch up: a bounded number of answers per asker and time, of bounded size.</summary>
internal sealed class BlockServer(OrderingInstance instance, BlockTree tree, FinalizedChain chain, OrderingWriter writer, int windowMs)
{
    private const int AnswersPerWindow = 8;
    private const int MaxBytes = 1 << 20;

    // One count per member and one for all strangers together.
    private readonly int[] _answers = new int[instance.Committee.Members.Count + 1];
    private readonly List<MicroBlock> _blocks = [];
    private long _windowMs;

    /// <summary>True if an asker may be answered now; counts the answer.</summary>
    /// <param name="member">Index of the asker; -1 for a stranger.</param>
    public bool MayAnswer(int member, long nowMs)
    {
        if (nowMs - _windowMs >= windowMs)
        {
            Array.Clear(_answers);
            _windowMs = nowMs;
        }
        return _answers[member + 1]++ < AnswersPerWindow;
    }

    /// <summary>What leads out of a view: its own notarization, the highest one, nullifications and the last finalization.</summary>
    public void SendCertificates(NodeId to, ulong view, NodeActions actions)
    {
        if (view is 0 or >= long.MaxValue) return;
        OrderingCertificate? own = tree.NotarizedAt(view), term = tree.NullifiedIn(instance.TermOf(view));
        Send(own);
        if (tree.Top is { } top && top.View >= view && top != own) Send(top);
        if (term is not null && term.View <= view) Send(term);
        if (tree.LastNullified is { } last && last.View > view && last != term) Send(last);
        if (chain.LastCertificate is { } final && final.View >= view) Send(final);

        void Send(OrderingCertificate? certificate)
        {
            if (certificate is not null) actions.Send(to, writer.Certificate(certificate));
        }
    }

    public void SendBlocks(NodeId to, ulong fromHeight, NodeActions actions)
    {
        // Where the asker's blocks are no longer kept, the answer says from where on they are.
        OrderingCertificate? certificate = chain.RunFrom(fromHeight, WireLimits.MaxBlocksPerMessage, MaxBytes, _blocks);
        if (certificate is null && fromHeight < chain.Oldest) certificate = chain.LastCertificate;
        if (certificate is not null) actions.Send(to, writer.Blocks(chain.Oldest, certificate, _blocks));
    }

    /// <summary>A block and its ancestors above a height, from the youngest down.</summary>
    public void SendAncestors(NodeId to, in Digest hash, ulong aboveHeight, NodeActions actions)
    {
        _blocks.Clear();
        long bytes = 0;
        MicroBlock? block = tree.Find(hash)?.Block ?? chain.Find(hash);
        while (block is not null && block.Header.Height > aboveHeight && _blocks.Count < WireLimits.MaxBlocksPerMessage)
        {
            bytes += block.EncodedLength;
            if (bytes > MaxBytes && _blocks.Count > 0) break;
            _blocks.Add(block);
            block = tree.Find(block.Header.Parent)?.Block ?? chain.Find(block.Header.Height - 1);
        }
        if (_blocks.Count > 0) actions.Send(to, writer.Ancestors(_blocks));
    }
}
