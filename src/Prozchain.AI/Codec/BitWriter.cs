using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Prozchain.AI.Codec;

/// <summary>
/// Bits on their way to bytes, the first one highest. Fewer than eight wait, the lowest of <see cref="Bits"/>; what is above them is
/// gone already. Touches eight bytes from where it stands.
/// </summary>
internal unsafe struct BitWriter
{
    public byte* To;
    public ulong Bits;
    public ulong Waiting;

    /// <summary>Behind the last byte, which is filled up with zeros.</summary>
    public readonly byte* End => To + (Waiting + 7) / 8;

    /// <summary>At most 56 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ulong value, ulong length)
    {
        Bits = (Bits << (int)length) | value;
        Waiting += length;
        Unsafe.WriteUnaligned(To, BinaryPrimitives.ReverseEndianness(Bits << -(int)Waiting));
        To += Waiting >> 3;
        Waiting &= 7;
    }
}
