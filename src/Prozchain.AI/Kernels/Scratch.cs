using System.Diagnostics;

namespace Prozchain.AI.Kernels;

/// <summary>Hands out pieces of a caller's memory, each at a multiple of 64 bytes.</summary>
internal unsafe ref struct Scratch(byte* start, int length)
{
    private const int Alignment = 64;

    private byte* _next = start;
    private readonly byte* _end = start + length;

    /// <summary>What a piece needs of the memory.</summary>
    public static int Bytes<T>(int count)
        where T : unmanaged => checked(count * sizeof(T) + 2 * Alignment);

    /// <summary>The first place from one on that no vector of words crosses a line of the cache at.</summary>
    public static T* Align<T>(T* place)
        where T : unmanaged => (T*)((nuint)((byte*)place + Alignment - 1) & ~(nuint)(Alignment - 1));

    /// <summary>The next piece, of any content.</summary>
    /// <exception cref="ArgumentException">The memory is used up.</exception>
    public T* Take<T>(int count)
        where T : unmanaged
    {
        Debug.Assert(count >= 0);
        byte* piece = Align(_next);
        if (_end - piece < (long)count * sizeof(T)) throw new ArgumentException($"Expected scratch memory for {count} more elements of {sizeof(T)} bytes, got {Math.Max(0, _end - piece)} bytes.");
        _next = piece + (long)count * sizeof(T);
        return (T*)piece;
    }
}
