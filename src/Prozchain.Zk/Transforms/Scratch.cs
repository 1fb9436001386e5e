using System.Buffers;

namespace Prozchain.Zk.Transforms;

/// <summary>A rented copy of a span, cleared when returned: it may hold a witness.</summary>
internal readonly ref struct Scratch<T> where T : struct
{
    private readonly T[] _array;

    public Scratch(ReadOnlySpan<T> source)
    {
        _array = ArrayPool<T>.Shared.Rent(source.Length);
        Span = _array.AsSpan(0, source.Length);
        source.CopyTo(Span);
    }

    public Span<T> Span { get; }

    public void Dispose() => ArrayPool<T>.Shared.Return(_array, clearArray: true);
}
