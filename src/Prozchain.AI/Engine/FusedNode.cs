namespace Prozchain.AI.Engine;

/// <summary>A node that computes, and the nodes behind it that a step does with it: a rounding, and a clip of that.</summary>
/// <param name="First">What computes.</param>
/// <param name="Last">Whose output is written; the same node where nothing is fused.</param>
/// <param name="Rescaling">The rounding between them, or null.</param>
internal sealed record FusedNode(IntegerNode First, IntegerNode Last, Rescaling? Rescaling)
{
    /// <summary>
    /// The nodes that need a step, in their order. A sum is fused with its rounding if nothing else reads it, the graph does
    /// not give it out, and the rounding is one for all or one for each channel of the sum. No bit depends on it.
    /// </summary>
    public static FusedNode[] Of(IntegerGraph graph, bool fuse)
    {
        var readers = new int[graph.Values.Count];
        var reader = new IntegerNode[graph.Values.Count];
        foreach (IntegerNode node in graph.Nodes)
        {
            foreach (IntegerValue input in node.Inputs)
            {
                readers[input.Index]++;
                reader[input.Index] = node;
            }
        }
        foreach (Border output in graph.Outputs) readers[output.Value.Index] = int.MaxValue / 2;
        var order = new List<FusedNode>();
        var done = new HashSet<IntegerNode>();
        foreach (IntegerNode node in graph.Nodes)
        {
            if (node.Kind == OperatorKind.Reshape || !done.Add(node)) continue;
            IntegerNode last = node;
            Rescaling? rescaling = null;
            if (fuse && node.Kind is (OperatorKind.MatMul or OperatorKind.Conv) && Next(node) is { } rounding && Fits(node, rounding))
            {
                rescaling = Rescaling.Of(rounding);
                last = rounding;
                if (Next(rounding) is { Kind: OperatorKind.Clip } clip && clip.Output.Type == rounding.Output.Type)
                {
                    rescaling = rescaling.Clipped((int)clip.Attributes[1], (int)clip.Attributes[2]);
                    last = clip;
                    done.Add(rounding);
                }
                done.Add(last);
            }
            order.Add(new FusedNode(node, last, rescaling));
        }
        return [.. order];

        IntegerNode? Next(IntegerNode node) => readers[node.Output.Index] == 1 ? reader[node.Output.Index] : null;
    }

    private static bool Fits(IntegerNode sums, IntegerNode rounding)
    {
        if (rounding.Output.Type == ElementType.I32) return false;
        int channels = sums.Kind == OperatorKind.Conv ? 0 : sums.Output.Rank - 1;
        return rounding.Kind == OperatorKind.Requantise || (rounding.Kind == OperatorKind.RequantiseChannels && rounding.Attributes[1] == channels);
    }
}
