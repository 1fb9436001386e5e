using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// Keccak-f[1600] with one state a lane: lane (x, y) of every state in one vector, at x + 5y. Straight from the Keccak
/// reference, written out so that nothing is indexed: theta, then rho and pi into b, then chi and iota back into a.
/// </summary>
/// <remarks>
/// A row of the result is put where the five lanes that it is made of were, in their columns. Nothing is moved, so that 25 lanes, theta's
/// five sums and a row nearly fit 32 registers; after four rounds every lane is in its place again (Keccak implementation overview,
/// in-place implementations).
/// </remarks>
internal static class KeccakKernel<TLanes, TVector>
    where TLanes : struct, IQuadLanes<TVector>
    where TVector : unmanaged
{
    /// <param name="state">25 vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Permute(ref TVector state)
    {
        TVector a0 = state, a1 = Unsafe.Add(ref state, 1), a2 = Unsafe.Add(ref state, 2), a3 = Unsafe.Add(ref state, 3), a4 = Unsafe.Add(ref state, 4);
        TVector a5 = Unsafe.Add(ref state, 5), a6 = Unsafe.Add(ref state, 6), a7 = Unsafe.Add(ref state, 7), a8 = Unsafe.Add(ref state, 8), a9 = Unsafe.Add(ref state, 9);
        TVector a10 = Unsafe.Add(ref state, 10), a11 = Unsafe.Add(ref state, 11), a12 = Unsafe.Add(ref state, 12), a13 = Unsafe.Add(ref state, 13), a14 = Unsafe.Add(ref state, 14);
        TVector a15 = Unsafe.Add(ref state, 15), a16 = Unsafe.Add(ref state, 16), a17 = Unsafe.Add(ref state, 17), a18 = Unsafe.Add(ref state, 18), a19 = Unsafe.Add(ref state, 19);
        TVector a20 = Unsafe.Add(ref state, 20), a21 = Unsafe.Add(ref state, 21), a22 = Unsafe.Add(ref state, 22), a23 = Unsafe.Add(ref state, 23), a24 = Unsafe.Add(ref state, 24);
        ref ulong constant = ref MemoryMarshal.GetReference(KeccakPermutation.RoundConstants);
        TVector b0, b1, b2, b3, b4, c0, c1, c2, c3, c4, d0, d1, d2, d3, d4;
        for (int round = 0; round < 24; round += 4)
        {
            c0 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a0, a5), a10, a15), a20);
            c1 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a1, a6), a11, a16), a21);
            c2 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a2, a7), a12, a17), a22);
            c3 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a3, a8), a13, a18), a23);
            c4 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a4, a9), a14, a19), a24);
            d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));
            b0 = TLanes.Xor(a0, d0);
            b1 = TLanes.RotateLeft(TLanes.Xor(a6, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 14);
            a0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(Unsafe.Add(ref constant, round)));
            a6 = TLanes.Chi(b1, b2, b3);
            a12 = TLanes.Chi(b2, b3, b4);
            a18 = TLanes.Chi(b3, b4, b0);
            a24 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a3, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Xor(a9, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 61);
            a10 = TLanes.Chi(b0, b1, b2);
            a16 = TLanes.Chi(b1, b2, b3);
            a22 = TLanes.Chi(b2, b3, b4);
            a3 = TLanes.Chi(b3, b4, b0);
            a9 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a1, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Xor(a7, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 18);
            a20 = TLanes.Chi(b0, b1, b2);
            a1 = TLanes.Chi(b1, b2, b3);
            a7 = TLanes.Chi(b2, b3, b4);
            a13 = TLanes.Chi(b3, b4, b0);
            a19 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a4, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Xor(a5, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 56);
            a5 = TLanes.Chi(b0, b1, b2);
            a11 = TLanes.Chi(b1, b2, b3);
            a17 = TLanes.Chi(b2, b3, b4);
            a23 = TLanes.Chi(b3, b4, b0);
            a4 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a2, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Xor(a8, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);
            a15 = TLanes.Chi(b0, b1, b2);
            a21 = TLanes.Chi(b1, b2, b3);
            a2 = TLanes.Chi(b2, b3, b4);
            a8 = TLanes.Chi(b3, b4, b0);
            a14 = TLanes.Chi(b4, b0, b1);

            c0 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a0, a10), a20, a5), a15);
            c1 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a6, a16), a1, a11), a21);
            c2 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a12, a22), a7, a17), a2);
            c3 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a18, a3), a13, a23), a8);
            c4 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a24, a9), a19, a4), a14);
            d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));
            b0 = TLanes.Xor(a0, d0);
            b1 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Xor(a7, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 14);
            a0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(Unsafe.Add(ref constant, round + 1)));
            a16 = TLanes.Chi(b1, b2, b3);
            a7 = TLanes.Chi(b2, b3, b4);
            a23 = TLanes.Chi(b3, b4, b0);
            a14 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Xor(a9, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Xor(a2, d2), 61);
            a20 = TLanes.Chi(b0, b1, b2);
            a11 = TLanes.Chi(b1, b2, b3);
            a2 = TLanes.Chi(b2, b3, b4);
            a18 = TLanes.Chi(b3, b4, b0);
            a9 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a6, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Xor(a4, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 18);
            a15 = TLanes.Chi(b0, b1, b2);
            a6 = TLanes.Chi(b1, b2, b3);
            a22 = TLanes.Chi(b2, b3, b4);
            a13 = TLanes.Chi(b3, b4, b0);
            a4 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Xor(a1, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Xor(a8, d3), 56);
            a10 = TLanes.Chi(b0, b1, b2);
            a1 = TLanes.Chi(b1, b2, b3);
            a17 = TLanes.Chi(b2, b3, b4);
            a8 = TLanes.Chi(b3, b4, b0);
            a24 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Xor(a3, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Xor(a5, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);
            a5 = TLanes.Chi(b0, b1, b2);
            a21 = TLanes.Chi(b1, b2, b3);
            a12 = TLanes.Chi(b2, b3, b4);
            a3 = TLanes.Chi(b3, b4, b0);
            a19 = TLanes.Chi(b4, b0, b1);

            c0 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a0, a20), a15, a10), a5);
            c1 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a16, a11), a6, a1), a21);
            c2 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a7, a2), a22, a17), a12);
            c3 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a23, a18), a13, a8), a3);
            c4 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a14, a9), a4, a24), a19);
            d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));
            b0 = TLanes.Xor(a0, d0);
            b1 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Xor(a8, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 14);
            a0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(Unsafe.Add(ref constant, round + 2)));
            a11 = TLanes.Chi(b1, b2, b3);
            a22 = TLanes.Chi(b2, b3, b4);
            a8 = TLanes.Chi(b3, b4, b0);
            a19 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Xor(a9, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Xor(a1, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 61);
            a15 = TLanes.Chi(b0, b1, b2);
            a1 = TLanes.Chi(b1, b2, b3);
            a12 = TLanes.Chi(b2, b3, b4);
            a23 = TLanes.Chi(b3, b4, b0);
            a9 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Xor(a2, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Xor(a5, d0), 18);
            a5 = TLanes.Chi(b0, b1, b2);
            a16 = TLanes.Chi(b1, b2, b3);
            a2 = TLanes.Chi(b2, b3, b4);
            a13 = TLanes.Chi(b3, b4, b0);
            a24 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Xor(a6, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Xor(a3, d3), 56);
            a20 = TLanes.Chi(b0, b1, b2);
            a6 = TLanes.Chi(b1, b2, b3);
            a17 = TLanes.Chi(b2, b3, b4);
            a3 = TLanes.Chi(b3, b4, b0);
            a14 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a7, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Xor(a4, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);
            a10 = TLanes.Chi(b0, b1, b2);
            a21 = TLanes.Chi(b1, b2, b3);
            a7 = TLanes.Chi(b2, b3, b4);
            a18 = TLanes.Chi(b3, b4, b0);
            a4 = TLanes.Chi(b4, b0, b1);

            c0 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a0, a15), a5, a20), a10);
            c1 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a11, a1), a16, a6), a21);
            c2 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a22, a12), a2, a17), a7);
            c3 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a8, a23), a13, a3), a18);
            c4 = TLanes.Xor(TLanes.Xor3(TLanes.Xor(a19, a9), a24, a14), a4);
            d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));
            b0 = TLanes.Xor(a0, d0);
            b1 = TLanes.RotateLeft(TLanes.Xor(a1, d1), 44);
            b2 = TLanes.RotateLeft(TLanes.Xor(a2, d2), 43);
            b3 = TLanes.RotateLeft(TLanes.Xor(a3, d3), 21);
            b4 = TLanes.RotateLeft(TLanes.Xor(a4, d4), 14);
            a0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(Unsafe.Add(ref constant, round + 3)));
            a1 = TLanes.Chi(b1, b2, b3);
            a2 = TLanes.Chi(b2, b3, b4);
            a3 = TLanes.Chi(b3, b4, b0);
            a4 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a8, d3), 28);
            b1 = TLanes.RotateLeft(TLanes.Xor(a9, d4), 20);
            b2 = TLanes.RotateLeft(TLanes.Xor(a5, d0), 3);
            b3 = TLanes.RotateLeft(TLanes.Xor(a6, d1), 45);
            b4 = TLanes.RotateLeft(TLanes.Xor(a7, d2), 61);
            a5 = TLanes.Chi(b0, b1, b2);
            a6 = TLanes.Chi(b1, b2, b3);
            a7 = TLanes.Chi(b2, b3, b4);
            a8 = TLanes.Chi(b3, b4, b0);
            a9 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 1);
            b1 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 6);
            b2 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            b3 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 8);
            b4 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 18);
            a10 = TLanes.Chi(b0, b1, b2);
            a11 = TLanes.Chi(b1, b2, b3);
            a12 = TLanes.Chi(b2, b3, b4);
            a13 = TLanes.Chi(b3, b4, b0);
            a14 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 27);
            b1 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 36);
            b2 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 10);
            b3 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            b4 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 56);
            a15 = TLanes.Chi(b0, b1, b2);
            a16 = TLanes.Chi(b1, b2, b3);
            a17 = TLanes.Chi(b2, b3, b4);
            a18 = TLanes.Chi(b3, b4, b0);
            a19 = TLanes.Chi(b4, b0, b1);
            b0 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 62);
            b1 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 55);
            b2 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 39);
            b3 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 41);
            b4 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);
            a20 = TLanes.Chi(b0, b1, b2);
            a21 = TLanes.Chi(b1, b2, b3);
            a22 = TLanes.Chi(b2, b3, b4);
            a23 = TLanes.Chi(b3, b4, b0);
            a24 = TLanes.Chi(b4, b0, b1);
        }
        Put(ref Unsafe.Add(ref state, 0), a0, a1, a2, a3, a4);
        Put(ref Unsafe.Add(ref state, 5), a5, a6, a7, a8, a9);
        Put(ref Unsafe.Add(ref state, 10), a10, a11, a12, a13, a14);
        Put(ref Unsafe.Add(ref state, 15), a15, a16, a17, a18, a19);
        Put(ref Unsafe.Add(ref state, 20), a20, a21, a22, a23, a24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref TVector plane, TVector a0, TVector a1, TVector a2, TVector a3, TVector a4)
    {
        plane = a0;
        Unsafe.Add(ref plane, 1) = a1;
        Unsafe.Add(ref plane, 2) = a2;
        Unsafe.Add(ref plane, 3) = a3;
        Unsafe.Add(ref plane, 4) = a4;
    }
}
