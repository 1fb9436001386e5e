using System.Runtime.CompilerServices;
using Prozchain.Zk.Backends;

namespace Prozchain.Zk.Stark;

/// <summary>
/// The memory of proofs that are made one after the other: arrays and factors of transforms that one proof gives back and the next
/// of the same shape finds again, so that it allocates little.
/// </summary>
/// <remarks>
/// Thread-safe; proofs at the same time take what the others do not have. It keeps what it was given until it is disposed, or
/// until a proof needs the room within its budget (<see cref="StarkProverOptions.MemoryBudget"/>).
/// </remarks>
public sealed class StarkMemory : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(Type Type, int Length), Stack<Array>> _free = [];
    private readonly Dictionary<object, object> _factors = [];
    private long _freeBytes;
    private bool _isDisposed;

    /// <summary>Clears what proofs left, which may tell of their witnesses, and lets go of it. Proofs under way are not disturbed.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Stack<Array> arrays in _free.Values)
                foreach (Array array in arrays) Array.Clear(array);
            _free.Clear();
            _factors.Clear();
            _freeBytes = 0;
        }
    }

    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    internal ProofMemory Start(long budget)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        return new(budget, this);
    }

    /// <summary>An array that an earlier proof gave back, or null; then so much is let go of that the rest and what is wanted stay below a limit.</summary>
    internal T[]? Take<T>(int length, long limit)
    {
        lock (_lock)
        {
            if (_free.TryGetValue((typeof(T[]), length), out Stack<Array>? arrays) && arrays.TryPop(out Array? array))
            {
                _freeBytes -= (long)length * Unsafe.SizeOf<T>();
                return (T[])array;
            }
            if ((long)length * Unsafe.SizeOf<T>() + _freeBytes > limit)
            {
                _free.Clear();
                _factors.Clear();
                _freeBytes = 0;
            }
            return null;
        }
    }

    internal void Give(Array array, int elementSize)
    {
        lock (_lock)
        {
            if (_isDisposed)
            {
                Array.Clear(array);
                return;
            }
            if (!_free.TryGetValue((array.GetType(), array.Length), out Stack<Array>? arrays)) _free[(array.GetType(), array.Length)] = arrays = [];
            arrays.Push(array);
            _freeBytes += (long)array.Length * elementSize;
        }
    }

    /// <summary>Factors that an earlier proof computed, or new ones.</summary>
    internal T Factors<T>(object key, Func<T> create) where T : class
    {
        lock (_lock)
        {
            if (_factors.TryGetValue(key, out object? known)) return (T)known;
        }
        // Two proofs may both make them; they are equal.
        T made = create();
        lock (_lock)
        {
            if (!_isDisposed) _factors[key] = made;
        }
        return made;
    }
}
