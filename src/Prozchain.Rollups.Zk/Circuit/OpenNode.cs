using Prozchain.Rollups.Zk.Signatures;
using Prozchain.Zk.Hashing;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A subtree of which either all is known, or which open node it is.</summary>
/// <param name="Child">What is known.</param>
/// <param name="Open">1 more than the node's place in the list; 0 for none.</param>
internal readonly record struct Part(TrieChild Child, int Open = 0);

/// <summary>An inner node under which a batch changes something, before its digests are known: nodes are hashed level by level, in lanes.</summary>
/// <param name="Place">Where it stands.</param>
/// <param name="Left">Below bit 0.</param>
/// <param name="Right">Below bit 1.</param>
/// <param name="Height">1 more than that of the open nodes below it.</param>
internal readonly record struct OpenNode(TriePlace Place, Part Left, Part Right, int Height)
{
    private const int Lanes = 16;

    /// <summary>Hashes all open nodes and lists their rows, in their order.</summary>
    /// <param name="open">The nodes, children before parents.</param>
    /// <param name="top">The root.</param>
    /// <param name="rows">Takes the rows.</param>
    /// <returns>The root.</returns>
    public static TrieChild Hash<TPermutation>(List<OpenNode> open, in Part top, List<TrieRow> rows) where TPermutation : struct, IPermutation<F>
    {
        var (before, after) = (new Eight[open.Count], new Eight[open.Count]);
        int[] order = [.. Enumerable.Range(0, open.Count).OrderBy(node => open[node].Height)];
        var compressor = new Compressor<TPermutation>();
        for (int first = 0, count; first < order.Length; first += count)
        {
            int height = open[order[first]].Height;
            for (count = 1; count < Lanes && first + count < order.Length && open[order[first + count]].Height == height;) count++;
            ReadOnlySpan<int> nodes = order.AsSpan(first, count);
            for (int lane = 0; lane < count; lane++) Load(lane, Child(open[nodes[lane]].Left).Before, Child(open[nodes[lane]].Right).Before);
            Keep(nodes, before);
            for (int lane = 0; lane < count; lane++) Load(lane, Child(open[nodes[lane]].Left).After, Child(open[nodes[lane]].Right).After);
            Keep(nodes, after);
        }
        foreach (OpenNode node in open) rows.Add(new TrieRow(node.Place, Child(node.Left), Child(node.Right)));
        return Child(top);

        TrieChild Child(in Part part) => part.Open == 0 ? part.Child : new TrieChild(true, TrieChild.Inner, before[part.Open - 1], after[part.Open - 1]);

        void Load(int lane, in Eight left, in Eight right)
        {
            Span<F> input = compressor.From(0);
            for (int i = 0; i < Eight.Length; i++) (input[Lanes * i + lane], input[Lanes * (Eight.Length + i) + lane]) = (left[i], right[i]);
        }

        // Window N is the first elements.
        void Keep(ReadOnlySpan<int> nodes, Eight[] digests)
        {
            ReadOnlySpan<F> output = compressor.Run(Eight.Length);
            for (int lane = 0; lane < nodes.Length; lane++)
                for (int i = 0; i < Eight.Length; i++) digests[nodes[lane]][i] = output[Lanes * i + lane];
        }
    }
}
