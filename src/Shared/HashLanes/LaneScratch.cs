using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>Stack memory at a multiple of 64 bytes, so that no vector straddles two cache lines.</summary>
internal static class LaneScratch
{
    private const int Line = 64;

    /// <summary>Bytes to allocate on the stack for <paramref name="count"/> aligned values.</summary>
    public static int Bytes<T>(int count) where T : unmanaged => count * Unsafe.SizeOf<T>() + Line - 1;

    /// <summary>The aligned part.</summary>
    /// <param name="stack"><see cref="Bytes{T}"/> of stack memory: it does not move.</param>
    public static Span<T> Align<T>(Span<byte> stack, int count) where T : unmanaged
    {
        nint address = Unsafe.ByteOffset(ref Unsafe.NullRef<byte>(), ref MemoryMarshal.GetReference(stack));
        return MemoryMarshal.Cast<byte, T>(stack[(int)(-address & (Line - 1))..])[..count];
    }
}
