namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>
/// The voting rules alone, small enough to visit every state: three honest members and one that says anything, terms of
/// two views, three views, two rival blocks per view and parent. Messages are delivered, late or never, in any order: a
/// certificate that can exist may be seen by anyone at any time.
/// </summary>
internal sealed class TermModel(bool finalizeAfterGivingUp, bool giveUpAfterFinalizing)
{
    private const int Views = 3, ViewsPerTerm = 2, Honest = 3, NodeBits = 17;
    private const int NoBlock = 0;

    // Blocks of a view are numbered from 1. View 1: two on the anchor. View 2: two on each of view 1. View 3: two on the
    // anchor, on each of view 1 and on each of view 2.
    private static readonly int[] s_blocks = [0, 2, 4, 14];

    private readonly HashSet<ulong> _seen = [];
    private readonly Stack<ulong> _open = new();

    private readonly record struct Node(int View, int Vote1, int Vote2, int Vote3, int Finalized, int GivenUp)
    {
        public int VoteIn(int view) => view switch { 1 => Vote1, 2 => Vote2, _ => Vote3 };

        public Node Voting(int view, int block) => view switch { 1 => this with { Vote1 = block }, 2 => this with { Vote2 = block }, _ => this with { Vote3 = block } };

        public ulong Pack() => (ulong)(View | Vote1 << 3 | Vote2 << 5 | Vote3 << 8 | Finalized << 12 | GivenUp << 15);

        // A view given up fixes the others of its term that matter: 0 none, 1 view 1, 2 view 2, 3 both.
        public static Node Unpack(ulong bits) => new((int)(bits & 7), (int)(bits >> 3 & 3), (int)(bits >> 5 & 7), (int)(bits >> 8 & 15), (int)(bits >> 12 & 7), (int)(bits >> 15 & 3));
    }

    /// <summary>States visited.</summary>
    public int States => _seen.Count;

    /// <summary>Visits every state that can be reached.</summary>
    /// <returns>True if some state holds two final blocks of which neither descends from the other.</returns>
    public bool FindsFork()
    {
        Push([.. Enumerable.Repeat(new Node(1, 0, 0, 0, 0, 0), Honest)]);
        while (_open.TryPop(out ulong packed))
        {
            Node[] nodes = [.. Enumerable.Range(0, Honest).Select(i => Node.Unpack(packed >> (i * NodeBits) & ((1 << NodeBits) - 1)))];
            if (IsForked(nodes)) return true;
            for (int i = 0; i < Honest; i++) Step(nodes, i);
        }
        return false;
    }

    private static int TermOf(int view) => (view - 1) / ViewsPerTerm;

    // With the dishonest member two honest ones are a quorum of three in four.
    private static bool IsNotarized(Node[] nodes, int view, int block) => nodes.Count(node => node.VoteIn(view) == block) >= 2;

    private static bool IsFinal(Node[] nodes, int view) => nodes.Count(node => (node.Finalized >> (view - 1) & 1) == 1) >= 2;

    private static bool IsGivenUp(Node[] nodes, int view) => view <= 2 && nodes.Count(node => (node.GivenUp >> (view - 1) & 1) == 1) >= 2;

    /// <summary>View and number of a block's parent; view 0 is the anchor.</summary>
    private static (int View, int Block) ParentOf(int view, int block) => view switch
    {
        1 => (0, 0),
        2 => (1, (block + 1) / 2),
        _ when block <= 2 => (0, 0),
        _ when block <= 6 => (1, (block - 1) / 2),
        _ => (2, (block - 5) / 2),
    };

    private static bool MayBeProposed(Node[] nodes, int view, int block)
    {
        (int parentView, int parent) = ParentOf(view, block);
        if (parentView > 0 && !IsNotarized(nodes, parentView, parent)) return false;
        for (int skipped = parentView + 1; skipped < view; skipped++)
            if (!IsGivenUp(nodes, skipped) && !(skipped == 2 && IsGivenUp(nodes, 1))) return false;
        return true;
    }

    private void Step(Node[] nodes, int i)
    {
        Node node = nodes[i];
        bool gaveUpTerm = TermOf(node.View) == 0 && node.GivenUp != 0;
        if (node.View <= Views && node.VoteIn(node.View) == NoBlock && !gaveUpTerm)
            for (int block = 1; block <= s_blocks[node.View]; block++)
                if (MayBeProposed(nodes, node.View, block)) Move(nodes, i, node.Voting(node.View, block));
        // Time runs out. The variant that must fork gives up a view that it has already left.
        if (node.View <= 2) Move(nodes, i, node with { GivenUp = node.GivenUp | 1 << (node.View - 1) });
        if (giveUpAfterFinalizing && node.View == 2) Move(nodes, i, node with { GivenUp = node.GivenUp | 1 });
        for (int view = 1; view <= Views; view++)
        {
            for (int block = 1; block <= s_blocks[view]; block++)
            {
                if (!IsNotarized(nodes, view, block)) continue;
                int next = Math.Max(node.View, view + 1), mark = 1 << (view - 1);
                bool may = finalizeAfterGivingUp || TermOf(view) > 0 || node.GivenUp == 0;
                // Giving up again on entering a further view of a term that was given up is the real node's next call.
                Move(nodes, i, node with { View = next, Finalized = may && view >= node.Finalized ? node.Finalized | mark : node.Finalized });
            }
            if (IsGivenUp(nodes, view) && node.View <= 2) Move(nodes, i, node with { View = 3 });
        }
    }

    private static bool IsForked(Node[] nodes)
    {
        var final = new List<(int View, int Block)>();
        for (int view = 1; view <= Views; view++)
            for (int block = 1; block <= s_blocks[view]; block++)
                if (IsNotarized(nodes, view, block) && IsFinal(nodes, view)) final.Add((view, block));
        return final.Any(low => final.Any(high => high != low && high.View >= low.View && !Descends(high, low)));
    }

    private static bool Descends((int View, int Block) block, (int View, int Block) from)
    {
        while (block.View > from.View) block = ParentOf(block.View, block.Block);
        return block == from;
    }

    private void Move(Node[] nodes, int i, Node changed)
    {
        if (nodes[i] == changed) return;
        Node[] next = [.. nodes];
        next[i] = changed;
        Push(next);
    }

    // Members are alike: states that differ in their order are one.
    private void Push(Node[] nodes)
    {
        ulong[] packed = [.. nodes.Select(node => node.Pack()).Order()];
        ulong state = packed[0] | packed[1] << NodeBits | packed[2] << (2 * NodeBits);
        if (_seen.Add(state)) _open.Push(state);
    }
}
