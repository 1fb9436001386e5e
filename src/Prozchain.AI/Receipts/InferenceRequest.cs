using Prozchain.AI.Engine;

namespace Prozchain.AI.Receipts;

/// <summary>What a request brought: the elements of each input of the graph, and the state that they met.</summary>
public sealed class InferenceRequest
{
    /// <summary>Takes the inputs.</summary>
    /// <param name="inputs">Elements of each input in the graph's order, little-endian.</param>
    /// <param name="state">State of the same engine that verifies, as it was before the run; null of a graph without a context.</param>
    public InferenceRequest(IReadOnlyList<ReadOnlyMemory<byte>> inputs, InferenceState? state = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        Inputs = inputs;
        State = state;
    }

    /// <summary>Elements of each input.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Inputs { get; }

    /// <summary>State before the run, or null.</summary>
    public InferenceState? State { get; }

    internal InferenceState[] States => State is null ? [] : [State];

    /// <summary>Puts the inputs into an engine, or says which one cannot be.</summary>
    internal string? TryFill(InferenceEngine engine)
    {
        if (InputCheck.Find(engine.Graph, Inputs) is { } wrong) return wrong;
        for (int i = 0; i < Inputs.Count; i++) Inputs[i].Span.CopyTo(engine.Input(i, 0));
        return null;
    }
}
