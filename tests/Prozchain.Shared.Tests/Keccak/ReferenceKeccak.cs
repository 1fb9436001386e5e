using System.Numerics;
using System.Runtime.CompilerServices;

namespace Prozchain.Shared.Tests;

/// <summary>Keccak-f[1600], straight from the Keccak reference: theta, rho and pi, chi, iota. Slow and readable; what the kernel is held against.</summary>
internal static class ReferenceKeccak
{
    // The walk of pi from lane 1, with rho's rotation at each step.
    private static ReadOnlySpan<byte> PiLane => [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    private static ReadOnlySpan<byte> RhoShift => [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    public static void Permute(Span<ulong> a)
    {
        foreach (ulong constant in KeccakPermutation.RoundConstants)
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
