using System.Buffers.Binary;
using Prozchain.AI.Engine;

namespace Prozchain.AI.Receipts;

/// <summary>Makes one leaf of a trace of those that it is made of: one operator, run alone by the engine.</summary>
internal static class OperatorReplay
{
    /// <summary>The content of a leaf.</summary>
    /// <param name="sources">Content of each of <see cref="TraceLayout.SourcesOf"/>.</param>
    /// <param name="constant">Bytes of a constant, checked.</param>
    /// <param name="content">What the leaf is, or nothing.</param>
    /// <returns>What is wrong with a source, or null.</returns>
    public static string? TryRun(TraceLayout layout, int leaf, Dictionary<int, ReadOnlyMemory<byte>> sources, Func<GraphConstant, ReadOnlyMemory<byte>> constant, out byte[] content)
    {
        content = [];
        int position = 0;
        if (sources.TryGetValue(layout.PositionLeaf, out ReadOnlyMemory<byte> bytes) && layout[layout.PositionLeaf].Kind == TraceLeafKind.Position)
        {
            position = BinaryPrimitives.ReadInt32LittleEndian(bytes.Span);
            if (position < 0 || position > layout.Graph.ContextCapacity - layout.Graph.ContextStep) return $"Expected a position with room for the run, got {position}.";
        }
        if (layout[leaf].Kind == TraceLeafKind.NextPosition)
        {
            content = RequestDigests.Position(position + layout.Graph.ContextStep);
            return null;
        }
        return TryRun(layout, layout.Graph.Nodes[layout[leaf].Index], layout[leaf].Kind, position, sources, constant, out content);
    }

    private static string? TryRun(
        TraceLayout layout, IntegerNode node, TraceLeafKind kind, int position, Dictionary<int, ReadOnlyMemory<byte>> sources,
        Func<GraphConstant, ReadOnlyMemory<byte>> constant, out byte[] content)
    {
        content = [];
        var builder = new IntegerGraphBuilder(layout.Graph.ContextCapacity);
        var made = new Dictionary<IntegerValue, IntegerValue>();
        var inputs = new List<ReadOnlyMemory<byte>>();
        foreach (IntegerValue value in node.Inputs)
        {
            if (made.ContainsKey(value)) continue;
            if (value.Constant is { } fixedValue)
            {
                made[value] = builder.Constant(value.Type, constant(fixedValue).Span, value.Shape);
                continue;
            }
            made[value] = builder.Input($"{value.Index}", value.Type, value.Shape, value.Min, value.Max, HostType.Int32);
            inputs.Add(sources[layout.LeafOf(value)]);
        }
        builder.Output("y", builder.Add(node.Kind, node.Inputs.ToArray().Select(v => made[v]).ToArray(), node.Attributes), HostType.Int32);
        using var engine = new InferenceEngine(builder.Build());
        var request = new InferenceRequest(inputs);
        if (request.TryFill(engine) is { } error) return error;
        if (engine.Graph.ContextStep == 0)
        {
            engine.Run();
            content = engine.Output(0, 0).ToArray();
            return null;
        }
        using InferenceState state = engine.RentState();
        IntegerNode alone = engine.Graph.Nodes[0];
        state.Position = position;
        if (alone.IsCached)
        {
            ReadOnlyMemory<byte> before = sources[layout.StateLeafOf(node)];
            if (before.Length != InferenceState.SnapshotBytes(alone, position)) return $"Expected a state of {InferenceState.SnapshotBytes(alone, position)} bytes, got {before.Length}.";
            // What was cached had passed the intervals of keys and values; a byte has no other limit.
            state.Restore(alone, position, before.Span);
        }
        engine.Run(1, [state]);
        content = kind == TraceLeafKind.NextState ? state.Snapshot(alone) : engine.Output(0, 0).ToArray();
        return null;
    }
}
