using System.Buffers;
using System.Runtime.CompilerServices;

namespace Prozchain.Testing;

/// <summary>Which end of a guarded buffer touches an inaccessible page.</summary>
public enum GuardSide
{
    /// <summary>The buffer ends where the guard page begins: one element too far crashes the process.</summary>
    After,

    /// <summary>The buffer begins where the guard page ends: one element too early crashes the process.</summary>
    Before,
}

/// <summary>
/// A zeroed native buffer that touches a guard page, so that a read or write beyond it, which a span cannot catch in
/// unsafe or vector code, ends the process at once instead of passing unseen.
/// </summary>
public sealed unsafe class GuardedMemory<T> : MemoryManager<T> where T : unmanaged
{
    private readonly GuardedPages _pages;
    private readonly T* _start;
    private readonly int _length;

    /// <summary>Reserves room for <paramref name="length"/> elements, at the given side of the guard.</summary>
    public GuardedMemory(int length, GuardSide side = GuardSide.After)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        int bytes = checked(length * sizeof(T));
        _pages = new GuardedPages(bytes);
        _length = length;
        _start = (T*)(side == GuardSide.Before ? _pages.Start : _pages.Start + (nint)_pages.Length - bytes);
    }

    /// <summary>A guarded copy of <paramref name="source"/>.</summary>
    public GuardedMemory(ReadOnlySpan<T> source, GuardSide side = GuardSide.After) : this(source.Length, side) => source.CopyTo(Span);

    /// <summary>The buffer. Using it after <see cref="IDisposable.Dispose"/> crashes.</summary>
    public Span<T> Span => GetSpan();

    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(_start, _length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length);
        return new MemoryHandle(Unsafe.Add<T>(_start, elementIndex), pinnable: this);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
        // Native memory does not move.
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _pages.Dispose();
}
