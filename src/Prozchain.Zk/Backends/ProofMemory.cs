using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Backends;

/// <summary>
/// What one proof takes: all that grows with its tables, counted, within its budget. Arrays come from the memory that proofs share,
/// if there is one, and go back there, at the latest when this is disposed. Thread-safe.
/// </summary>
/// <param name="budget">Bytes; what is rented stays below them, which a plan has seen to.</param>
/// <param name="shared">Memory that outlives the proof, or null.</param>
/// <param name="limit">The most elements of an array.</param>
internal sealed class ProofMemory(long budget = long.MaxValue, StarkMemory? shared = null, int limit = int.MaxValue) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Array, int> _rented = [];
    private readonly Dictionary<object, object> _factors = [];
    private long _taken;

    /// <summary>The most bytes at any time.</summary>
    public long Peak { get; private set; }

    /// <summary>An array of exactly so many elements.</summary>
    /// <param name="length">Elements.</param>
    /// <param name="isCleared">Whether they are zero; else they are anything.</param>
    public T[] Rent<T>(int length, bool isCleared = false) where T : unmanaged
    {
        long bytes = (long)length * Unsafe.SizeOf<T>(), left = Take(bytes);
        T[]? array = shared?.Take<T>(length, left + bytes);
        if (array is null) array = isCleared ? new T[length] : GC.AllocateUninitializedArray<T>(length);
        else if (isCleared) Array.Clear(array);
        lock (_lock) _rented.Add(array, Unsafe.SizeOf<T>());
        return array;
    }

    /// <summary>Columns of any values.</summary>
    public ColumnMemory<T> RentColumns<T>(int width, int stride) where T : unmanaged =>
        new(width, stride, length => Rent<T>(length), Math.Min(limit, Array.MaxLength));

    /// <summary>Gives back what was rented; nobody uses it again.</summary>
    public void Return<T>(T[] array) where T : unmanaged
    {
        lock (_lock)
        {
            if (!_rented.Remove(array, out int size)) return;
            _taken -= (long)array.Length * size;
            shared?.Give(array, size);
        }
    }

    /// <summary>Gives back columns that were rented.</summary>
    public void Return<T>(ColumnMemory<T> columns) where T : unmanaged
    {
        for (int i = 0; i < columns.Segments; i++)
            if (MemoryMarshal.TryGetArray(columns.Segment(i), out ArraySegment<T> array)) Return(array.Array!);
    }

    /// <summary>Factors of transforms, which stay for the proof and for those that share the memory.</summary>
    /// <param name="key">What they depend on.</param>
    /// <param name="bytes">What they take.</param>
    /// <param name="create">Computes them.</param>
    public T Factors<T>(object key, long bytes, Func<T> create) where T : class
    {
        lock (_lock)
        {
            if (_factors.TryGetValue(key, out object? known)) return (T)known;
            Take(bytes);
            T made = shared is null ? create() : shared.Factors(key, create);
            _factors.Add(key, made);
            return made;
        }
    }

    /// <summary>Gives everything back. What was rented and is still in use elsewhere must not be: the proof is over.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            foreach ((Array array, int size) in _rented) shared?.Give(array, size);
            _rented.Clear();
            _factors.Clear();
            _taken = 0;
        }
    }

    // What is left of the budget then.
    private long Take(long bytes)
    {
        lock (_lock)
        {
            _taken += bytes;
            if (_taken > budget) throw new UnreachableException($"Expected to take at most {budget} bytes, got {_taken}.");
            Peak = Math.Max(Peak, _taken);
            return budget - _taken;
        }
    }
}
