using System.Runtime.InteropServices;

namespace Prozchain.Sharding.State;

/// <summary>A growing array in aligned unmanaged memory; new room is not cleared. Not thread-safe.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable where T : unmanaged
{
    private T* _items;
    private long _capacity;

    ~NativeBuffer() => Free();

    public T* Items => _items;

    public int Count { get; set; }

    public ref T this[int index] => ref _items[index];

    public Span<T> Span => new(_items, Count);

    public void Add(in T item)
    {
        if (Count == _capacity) Reserve(Count + 1);
        _items[Count++] = item;
    }

    /// <summary>Makes room for this many items in all.</summary>
    public void Reserve(long count)
    {
        if (count <= _capacity) return;
        long capacity = Math.Max(count, Math.Max(64, 2 * _capacity));
        T* items = (T*)HugePages.Allocate((nuint)capacity * (nuint)sizeof(T));
        NativeMemory.Copy(_items, items, (nuint)_capacity * (nuint)sizeof(T));
        NativeMemory.AlignedFree(_items);
        _items = items;
        _capacity = capacity;
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(_items);
        _items = null;
        (_capacity, Count) = (0, 0);
    }
}
