using System.Buffers.Binary;
using System.Numerics;
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

/// <summary>Keccak-f[1600], 24 rounds, straight from the Keccak reference: theta, rho and pi, chi, iota.</summary>
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

    // The walk of pi from lane 1, with rho's rotation at each step.
    private static ReadOnlySpan<byte> PiLane => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    private static ReadOnlySpan<byte> RhoShift => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    public static void Permute(ref KeccakState state)
    {
        Span<ulong> a = state;
        foreach (ulong constant in RoundConstants)
        {
            Theta(a);
            ulong moving = a[1];
            for (int i = 0; i < PiLane.Length; i++)
            {
                ref ulong lane = ref a[PiLane[i]];
                (lane, moving) = (BitOperations.RotateLeft(moving, RhoShift[i]), lane);
            }
            for (int y = 0; y < 25; y += 5) Chi(a.Slice(y, 5));
            a[0] ^= constant;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Theta(Span<ulong> a)
    {
        ulong c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20];
        ulong c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21];
        ulong c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22];
        ulong c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23];
        ulong c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24];
        ulong d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
        ulong d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
        ulong d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
        ulong d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
        ulong d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
        for (int y = 0; y < 25; y += 5)
        {
            Span<ulong> row = a.Slice(y, 5);
            row[0] ^= d0;
            row[1] ^= d1;
            row[2] ^= d2;
            row[3] ^= d3;
            row[4] ^= d4;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Chi(Span<ulong> row)
    {
        (ulong a0, ulong a1, ulong a2, ulong a3, ulong a4) = (row[0], row[1], row[2], row[3], row[4]);
        row[0] = a0 ^ (~a1 & a2);
        row[1] = a1 ^ (~a2 & a3);
        row[2] = a2 ^ (~a3 & a4);
        row[3] = a3 ^ (~a4 & a0);
        row[4] = a4 ^ (~a0 & a1);
    }
}
