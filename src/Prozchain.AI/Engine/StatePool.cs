using System.Collections.Concurrent;

namespace Prozchain.AI.Engine;

/// <summary>The states of one graph's requests, used again. Thread-safe.</summary>
/// <param name="graph">The graph.</param>
/// <param name="keep">Whether what comes back is kept for the next; a host that counts bytes lets it go.</param>
internal sealed class StatePool(IntegerGraph graph, bool keep)
{
    private readonly ConcurrentBag<InferenceState> _free = [];

    public InferenceState Rent()
    {
        if (!_free.TryTake(out InferenceState? state)) state = new InferenceState(this, graph.Cached, graph.ContextCapacity);
        state.Rent();
        return state;
    }

    public void Return(InferenceState state)
    {
        if (keep) _free.Add(state);
    }
}
