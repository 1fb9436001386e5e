using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>The 1600-bit state: 25 lanes of 64 bits, lane (x, y) at index x + 5y, each lane little-endian.</summary>
[InlineArray(25)]
internal struct KeccakState
{
    private ulong _first;

    /// <summary>Xors bytes into the state at a byte offset.</summary>
    public void Xor(int offset, ReadOnlySpan<byte> bytes)
    {
        int i = 0;
        for (; i < bytes.Length && ((offset + i) & 7) != 0; i++) XorByte(offset + i, bytes[i]);
        for (; i + 8 <= bytes.Length; i += 8) this[(offset + i) >> 3] ^= BinaryPrimitives.ReadUInt64LittleEndian(bytes[i..]);
        for (; i < bytes.Length; i++) XorByte(offset + i, bytes[i]);
    }

    /// <summary>Reads whole lanes from the start; the length is a multiple of 8.</summary>
    public readonly void Read(Span<byte> output)
    {
        for (int i = 0; i < output.Length; i += 8) BinaryPrimitives.WriteUInt64LittleEndian(output[i..], this[i >> 3]);
    }

    private void XorByte(int offset, byte value) => this[offset >> 3] ^= (ulong)value << (8 * (offset & 7));
}

/// <summary>Keccak-f[1600], 24 rounds, of one state.</summary>
internal static class KeccakPermutation
{
    internal static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
        0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
        0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
        0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
        0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    public static void Permute(ref KeccakState state) => KeccakKernel<Quads1, ulong>.Permute(ref state[0]);
}
