using System.Buffers;

namespace Prozchain.Sharding.Consensus;

/// <summary>A block that others can build on.</summary>
internal readonly record struct Foundation(ulong View, Digest Hash, ulong Height, long TimeMs, MicroBlockKind Kind);

/// <summary>What must arrive before a proposal can be judged or made; all empty if only time or the application is waited for.</summary>
internal readonly record struct Need(ulong View, Digest Block);

/// <summary>Which proposals may be made and voted for. The same for all nodes.</summary>
internal sealed class ProposalRules(OrderingOptions options, BlockTree tree)
{
    /// <summary>Above so many blocks that are not final, bodies must be empty.</summary>
    public const int MaxOpenBodies = 32;

    private readonly List<TreeBlock> _path = [];

    public bool IsSealing(ulong height) => height % (ulong)options.SealEvery == 0 || options.SealsFirst && height == options.Anchor.Height + 1;

    public int MaxBodyAt(ulong height) => height > tree.Tip.Height + MaxOpenBodies ? 0 : options.MaxBodyBytes;

    /// <summary>The block notarized in a view as something to build on: it and its ancestors are here and the application knows them.</summary>
    public BlockCheck FindParent(ulong parentView, ulong view, out Foundation parent, out Need need)
    {
        (parent, need) = (default, default);
        if (!tree.IsSkipped(parentView, view, out ulong missing))
        {
            need = new Need(missing, default);
            return BlockCheck.NotYet;
        }
        if (parentView == tree.Tip.View)
        {
            parent = new Foundation(parentView, tree.Tip.Hash, tree.Tip.Height, tree.Tip.TimeMs, tree.Tip.Kind);
            return BlockCheck.Valid;
        }
        if (tree.NotarizedAt(parentView) is not { } certificate)
        {
            need = new Need(parentView, default);
            return BlockCheck.NotYet;
        }
        switch (tree.PathTo(certificate.Subject, _path, out Digest lacking))
        {
            case TreePath.Dead: return BlockCheck.Invalid;
            case TreePath.Missing: need = new Need(0, lacking); return BlockCheck.NotYet;
        }
        foreach (TreeBlock block in _path)
        {
            if (block.IsChecked) continue;
            BlockCheck check = block.Block.Header.Kind == MicroBlockKind.Closing ? BlockCheck.Valid : options.Application.Check(block.Block);
            if (check != BlockCheck.Valid) return check;
            block.IsChecked = true;
        }
        MicroHeader header = _path[^1].Block.Header;
        parent = new Foundation(parentView, header.Hash, header.Height, header.TimeMs, header.Kind);
        return BlockCheck.Valid;
    }

    /// <summary>Judges a proposal whose leader's signature holds.</summary>
    public BlockCheck Judge(MicroBlock block, long nowMs, out Need need)
    {
        need = default;
        MicroHeader header = block.Header;
        if (header.ParentView < tree.Tip.View) return BlockCheck.Invalid;
        if (header.TimeMs > nowMs + options.MaxDriftMs) return BlockCheck.NotYet;
        BlockCheck found = FindParent(header.ParentView, header.View, out Foundation parent, out need);
        if (found != BlockCheck.Valid) return found;
        if (header.Parent != parent.Hash || header.Height != parent.Height + 1 || header.TimeMs < parent.TimeMs) return BlockCheck.Invalid;
        if (header.BodyLength > options.MaxBodyBytes) return BlockCheck.Invalid;
        if (header.Height > tree.Tip.Height + BlockTree.MaxBlocks || header.BodyLength > MaxBodyAt(header.Height)) return BlockCheck.NotYet; // until the tip moves

        bool closing = parent.Kind != MicroBlockKind.Ordinary;
        if (closing != (header.Kind == MicroBlockKind.Closing)) return BlockCheck.Invalid;
        if (closing) return header.BodyLength == 0 && header.ReceiptsRoot.IsZero && header.WriteDigest.IsZero && header.StateRoot.IsZero ? BlockCheck.Valid : BlockCheck.Invalid;

        bool sealing = IsSealing(header.Height);
        if (!options.Application.TryGetResult(parent.Hash, sealing, out ExecutedBlock result)) return BlockCheck.NotYet;
        if (result.ReceiptsRoot != header.ReceiptsRoot || result.WriteDigest != header.WriteDigest) return BlockCheck.Invalid;
        if (header.StateRoot != (sealing ? result.StateRoot : default)) return BlockCheck.Invalid;
        return options.Application.Check(block);
    }

    /// <summary>Makes the proposal of a view on a parent, with what executing the parent gave; on the epoch's last block a closing one.</summary>
    /// <exception cref="InvalidOperationException">The application's body is too long.</exception>
    public MicroBlock Build(ulong view, in Foundation parent, in ExecutedBlock result, long nowMs)
    {
        OrderingInstance instance = options.Instance;
        bool closing = parent.Kind != MicroBlockKind.Ordinary;
        long time = long.Max(nowMs, parent.TimeMs);
        ulong height = parent.Height + 1;
        var body = new ArrayBufferWriter<byte>();
        int maxBody = MaxBodyAt(height);
        bool last = !closing && options.Application.Build(parent.Hash, height, time, maxBody, body);
        if (body.WrittenCount > maxBody) throw new InvalidOperationException($"Expected a body of at most {maxBody} bytes from the application, got {body.WrittenCount}.");
        return new MicroBlock(
            new MicroHeader
            {
                Kind = closing ? MicroBlockKind.Closing : last ? MicroBlockKind.Terminal : MicroBlockKind.Ordinary,
                ChainId = instance.ChainId, Shard = instance.Committee.Shard, Epoch = instance.Committee.Epoch, Instance = instance.Id,
                View = view, ParentView = parent.View, Height = height, Parent = parent.Hash, TimeMs = time,
                BodyRoot = MicroBlock.RootOf(body.WrittenSpan), BodyLength = body.WrittenCount,
                ReceiptsRoot = result.ReceiptsRoot, WriteDigest = result.WriteDigest, StateRoot = !closing && IsSealing(height) ? result.StateRoot : default,
            },
            body.WrittenMemory);
    }
}
