using System.Buffers.Binary;
using Prozchain.AI.Engine;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>Digests of what a request brings and gets, the state of its context included (docs/formats/ai-receipt.md).</summary>
public static class RequestDigests
{
    /// <summary>Digest of a request's inputs before its run, which may overwrite them; 32 bytes.</summary>
    /// <param name="engine">Its inputs are filled.</param>
    /// <param name="request">Which request of the batch.</param>
    /// <param name="state">Its state, of a graph with a context; otherwise null. Only tokens that came since its last digest are hashed.</param>
    /// <exception cref="ArgumentException">There is a state and no context, or the other way round.</exception>
    public static ReadOnlyMemory<byte> Input(InferenceEngine engine, int request, InferenceState? state = null) => InputOf(engine, request, state).Span.ToArray();

    /// <summary>Digest of a request's outputs after its run; 32 bytes.</summary>
    /// <inheritdoc cref="Input"/>
    public static ReadOnlyMemory<byte> Output(InferenceEngine engine, int request, InferenceState? state = null) => OutputOf(engine, request, state).Span.ToArray();

    /// <summary>The statement of a run that was done: what a receipt signs.</summary>
    /// <param name="engine">Its outputs are those of the run.</param>
    /// <param name="modelRoot">Root of the stored model, 32 bytes.</param>
    /// <param name="inputDigest"><see cref="Input"/>, from before the run.</param>
    /// <inheritdoc cref="Input"/>
    public static InferenceStatement Statement(
        InferenceEngine engine, ReadOnlySpan<byte> modelRoot, ReadOnlySpan<byte> inputDigest, int request, InferenceState? state = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        return new(modelRoot, engine.Graph.Hash.Span, inputDigest, OutputOf(engine, request, state).Span, IntegerGraph.EngineVersion);
    }

    internal static Bytes32 InputOf(InferenceEngine engine, int request, InferenceState? state, int version = InferenceStatement.CurrentVersion)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Blake3Hasher leaves = ReceiptHash.InputLeaves;
        for (int i = 0; i < engine.Graph.Inputs.Count; i++) leaves.Update(GraphHash.Content(engine.Input(i, request)).Span);
        return Finish(ref leaves, engine.Graph, state, version);
    }

    internal static Bytes32 OutputOf(InferenceEngine engine, int request, InferenceState? state, int version = InferenceStatement.CurrentVersion)
    {
        ArgumentNullException.ThrowIfNull(engine);
        Blake3Hasher leaves = ReceiptHash.OutputLeaves;
        for (int i = 0; i < engine.Graph.Outputs.Count; i++) leaves.Update(GraphHash.Content(engine.Output(i, request)).Span);
        return Finish(ref leaves, engine.Graph, state, version);
    }

    /// <summary>A position, as it is hashed.</summary>
    internal static byte[] Position(int position)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, position);
        return bytes;
    }

    private static Bytes32 Finish(ref Blake3Hasher leaves, IntegerGraph graph, InferenceState? state, int version)
    {
        if (state is null != (graph.ContextStep == 0)) throw new ArgumentException($"Expected {(state is null ? "a" : "no")} state for this graph.", nameof(state));
        if (state is null) return GraphHash.Finish(ref leaves, []);
        Span<byte> position = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(position, state.Position);
        leaves.Update(GraphHash.Content(position).Span);
        foreach (IntegerNode node in graph.Cached) leaves.Update((version == 1 ? GraphHash.Content(state.Snapshot(node)) : state.Digest(node)).Span);
        return GraphHash.Finish(ref leaves, []);
    }
}
