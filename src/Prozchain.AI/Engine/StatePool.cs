using System.Collections.Concurrent;

namespace Prozchain.AI.Engine;

/// <summary>The states of one graph's requests, used again. Thread-safe.</summary>
internal sealed class StatePool(IntegerGraph graph)
{
    private readonly IntegerNode[] _cached = [.. graph.Nodes.Where(n => n.IsCached)];
    private readonly ConcurrentBag<InferenceState> _free = [];

    public InferenceState Rent()
    {
        if (!_free.TryTake(out InferenceState? state)) state = new InferenceState(this, _cached, graph.ContextCapacity);
        state.Rent();
        return state;
    }

    public void Return(InferenceState state) => _free.Add(state);
}
