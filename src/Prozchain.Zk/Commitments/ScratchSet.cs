using System.Collections.Concurrent;
using Prozchain.Zk.Backends;

namespace Prozchain.Zk.Commitments;

/// <summary>Arrays of one length, one for each thread that asks at a time.</summary>
internal sealed class ScratchSet<T> : IDisposable where T : unmanaged
{
    private readonly ProofMemory _memory;
    private readonly ConcurrentBag<T[]> _free = [];

    public ScratchSet(ProofMemory memory, int length, int threads)
    {
        _memory = memory;
        for (int i = 0; i < threads; i++) _free.Add(memory.Rent<T>(length));
    }

    public T[] Take() => _free.TryTake(out T[]? array) ? array : throw new System.Diagnostics.UnreachableException("Expected no more threads than arrays.");

    public void Give(T[] array) => _free.Add(array);

    public void Dispose()
    {
        foreach (T[] array in _free) _memory.Return(array);
    }
}
