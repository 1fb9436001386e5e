using Prozchain.Sharding.Consensus;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>What must hold after every step among the honest nodes of an <see cref="OrderingWorld"/>.</summary>
internal sealed class OrderingInvariants
{
    private readonly Dictionary<ulong, Digest> _notarized = [], _final = [];
    private VoteHistory? _history;
    private readonly Dictionary<OrderingNode, (ulong View, ulong Lock, ulong Final)> _monotone = [];
    private readonly Dictionary<OrderingHost, int> _checked = [];

    public void Check(OrderingWorld world, OrderingHost host, OrderingNode node, NodeActions actions, int kept)
    {
        Assert.False(node.IsForked, "Expected no contradicting finalization, got one.");
        OrderingCore core = node.Core;
        ulong locked = Math.Max(core.Tree.Top?.View ?? 0, core.Tree.Tip.View);
        if (_monotone.TryGetValue(node, out var before))
            Assert.True(node.View >= before.View && locked >= before.Lock && node.FinalHeight >= before.Final, $"Expected view, lock and final height to grow from {before}, got {(node.View, locked, node.FinalHeight)}.");
        _monotone[node] = (node.View, locked, node.FinalHeight);
        if (core.Tree.Top is { } top) Same(_notarized, top.View, top.Subject, "notarized in view");
        if (core.Tree.Tip.View > 0) Same(_notarized, core.Tree.Tip.View, core.Tree.Tip.Hash, "notarized in view");

        // Handed-over blocks: one per height, each on the one before.
        List<(MicroBlock Block, OrderingCertificate Certificate)> final = host.App.Final;
        int from = Math.Min(_checked.GetValueOrDefault(host), final.Count);
        for (int i = from; i < final.Count; i++)
        {
            MicroBlock block = final[i].Block;
            Same(_final, block.Header.Height, block.Hash, "final at height");
            Assert.Equal(i == 0 ? world.Anchor.Hash : final[i - 1].Block.Hash, block.Header.Parent);
        }
        _checked[host] = final.Count;
        for (int i = 0; i < kept; i++)
            if (actions[i].Kind == NodeActionKind.Send) (_history ??= new VoteHistory(world.Instance)).Add(host.Member, actions[i].Bytes.Span);
    }

    private static void Same(Dictionary<ulong, Digest> known, ulong key, in Digest hash, string what)
    {
        if (known.TryAdd(key, hash)) return;
        Assert.True(known[key] == hash, $"Expected one block {what} {key}, got {known[key]} and {hash}.");
    }
}
