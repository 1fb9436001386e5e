using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Zk.Lanes;

/// <summary>Rooms on the stack that begin with a cache line: a vector of 512 bits crosses two lines otherwise.</summary>
internal static class CacheLines
{
    /// <summary>Bytes that a room must have beyond what is used of it.</summary>
    public const int Size = 64;

    /// <summary>A room from its first cache line on. It must not move: on the stack, or pinned.</summary>
    /// <param name="room">Elements of a size that divides a line, aligned to it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Span<T> Align<T>(Span<T> room) where T : unmanaged =>
        room[(int)((0 - (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(room))) % Size / (nuint)sizeof(T))..];
}
