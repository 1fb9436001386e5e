namespace Prozchain.Sharding.Consensus;

/// <summary>What is known of the way from the last final block to a block.</summary>
internal enum TreePath
{
    /// <summary>All blocks are here.</summary>
    Complete,

    /// <summary>A block is missing.</summary>
    Missing,

    /// <summary>It does not lead to the last final block.</summary>
    Dead,
}

/// <summary>A block that is not final yet.</summary>
internal sealed class TreeBlock(MicroBlock block)
{
    public MicroBlock Block { get; } = block;

    /// <summary>True once it is in the log.</summary>
    public bool IsPersisted { get; set; }

    /// <summary>True once the application built or judged it.</summary>
    public bool IsChecked { get; set; }
}

/// <summary>Blocks above the last final one, the views that are notarized and the terms that are given up.</summary>
internal sealed class BlockTree(OrderingInstance instance, in OrderingAnchor anchor)
{
    /// <summary>Blocks kept that are not final, and terms given up since the last final block. Beyond, a run is dead: see <see cref="OrderingNode.Stalled"/>.</summary>
    public const int MaxBlocks = 4096;

    private readonly Dictionary<Digest, TreeBlock> _blocks = [];
    private readonly Dictionary<ulong, OrderingCertificate> _notarized = [];
    private readonly Dictionary<ulong, OrderingCertificate> _nullified = [];

    /// <summary>Height, hash, view, time and kind of the last final block.</summary>
    public (ulong Height, Digest Hash, ulong View, long TimeMs, MicroBlockKind Kind) Tip { get; private set; } =
        (anchor.Height, anchor.Hash, 0, anchor.TimeMs, MicroBlockKind.Ordinary);

    /// <summary>The notarization, or finalization, of the highest view above the tip's.</summary>
    public OrderingCertificate? Top { get; private set; }

    /// <summary>The certificate of the highest term that was given up.</summary>
    public OrderingCertificate? LastNullified { get; private set; }

    public OrderingCertificate? NotarizedAt(ulong view) => _notarized.GetValueOrDefault(view);

    public OrderingCertificate? NullifiedIn(ulong term) => _nullified.GetValueOrDefault(term);

    public TreeBlock? Find(in Digest hash) => _blocks.GetValueOrDefault(hash);

    public TreeBlock? Add(MicroBlock block)
    {
        if (_blocks.TryGetValue(block.Hash, out TreeBlock? known)) return known;
        if (block.Header.Height <= Tip.Height || block.Header.Height > Tip.Height + MaxBlocks || _blocks.Count >= 2 * MaxBlocks) return null;
        return _blocks[block.Hash] = new TreeBlock(block);
    }

    /// <returns>False if it says nothing new.</returns>
    public bool AddNotarization(OrderingCertificate certificate)
    {
        if (certificate.View <= Tip.View || _notarized.Count >= 2 * MaxBlocks || !_notarized.TryAdd(certificate.View, certificate)) return false;
        if (Top is null || Top.View < certificate.View) Top = certificate;
        return true;
    }

    /// <summary>True for a nullification of a term that matters and is not known to be given up from that view on.</summary>
    public bool IsNews(OrderingCertificate nullification)
    {
        ulong term = instance.TermOf(nullification.View);
        if (Tip.View > 0 && term < instance.TermOf(Tip.View)) return false;
        return _nullified.TryGetValue(term, out OrderingCertificate? known) ? nullification.View < known.View : _nullified.Count < MaxBlocks;
    }

    /// <returns>False if it says nothing new.</returns>
    public bool AddNullification(OrderingCertificate certificate)
    {
        if (!IsNews(certificate)) return false;
        _nullified[instance.TermOf(certificate.View)] = certificate;
        if (LastNullified is null || LastNullified.View < certificate.View) LastNullified = certificate;
        return true;
    }

    /// <summary>True if every view between the two, both excluded, is given up.</summary>
    public bool IsSkipped(ulong parentView, ulong view, out ulong missing)
    {
        for (missing = parentView + 1; missing < view;)
        {
            ulong term = instance.TermOf(missing);
            if (!_nullified.TryGetValue(term, out OrderingCertificate? certificate) || certificate.View > missing) return false;
            missing = instance.FirstViewOf(term + 1);
        }
        return true;
    }

    /// <summary>Collects the blocks above the tip up to and with <paramref name="hash"/>, in ascending order.</summary>
    public TreePath PathTo(in Digest hash, List<TreeBlock> path, out Digest missing)
    {
        path.Clear();
        missing = default;
        for (Digest at = hash; at != Tip.Hash;)
        {
            if (!_blocks.TryGetValue(at, out TreeBlock? block))
            {
                missing = at;
                // What the block above says of its height tells a gap from another branch.
                return path.Count > 0 && path[^1].Block.Header.Height <= Tip.Height + 1 ? TreePath.Dead : TreePath.Missing;
            }
            if (block.Block.Header.Height <= Tip.Height) return TreePath.Dead;
            path.Add(block);
            at = block.Block.Header.Parent;
        }
        path.Reverse();
        return TreePath.Complete;
    }

    /// <summary>Moves the tip and forgets what lies at or below it.</summary>
    public void Finalize(MicroBlock block)
    {
        MicroHeader header = block.Header;
        Tip = (header.Height, header.Hash, header.View, header.TimeMs, header.Kind);
        foreach ((Digest hash, TreeBlock other) in _blocks)
            if (other.Block.Header.Height <= header.Height) _blocks.Remove(hash);
        foreach (ulong view in _notarized.Keys)
            if (view <= header.View) _notarized.Remove(view);
        foreach (ulong term in _nullified.Keys)
            if (term < instance.TermOf(header.View)) _nullified.Remove(term);
        if (Top is { } top && top.View <= header.View) Top = null;
    }
}
