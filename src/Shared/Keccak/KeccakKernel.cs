using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// Keccak-f[1600] with one state a lane: lane (x, y) of every state in one vector, at x + 5y. Straight from the Keccak
/// reference, written out so that nothing is indexed: theta, then rho and pi into b, then chi and iota back into a.
/// </summary>
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
        for (int round = 0; round < 24; round++)
        {
            TVector c0 = TLanes.Xor3(TLanes.Xor3(a0, a5, a10), a15, a20);
            TVector c1 = TLanes.Xor3(TLanes.Xor3(a1, a6, a11), a16, a21);
            TVector c2 = TLanes.Xor3(TLanes.Xor3(a2, a7, a12), a17, a22);
            TVector c3 = TLanes.Xor3(TLanes.Xor3(a3, a8, a13), a18, a23);
            TVector c4 = TLanes.Xor3(TLanes.Xor3(a4, a9, a14), a19, a24);
            TVector d0 = TLanes.Xor(c4, TLanes.RotateLeft(c1, 1));
            TVector d1 = TLanes.Xor(c0, TLanes.RotateLeft(c2, 1));
            TVector d2 = TLanes.Xor(c1, TLanes.RotateLeft(c3, 1));
            TVector d3 = TLanes.Xor(c2, TLanes.RotateLeft(c4, 1));
            TVector d4 = TLanes.Xor(c3, TLanes.RotateLeft(c0, 1));

            TVector b0 = TLanes.Xor(a0, d0);
            TVector b1 = TLanes.RotateLeft(TLanes.Xor(a6, d1), 44);
            TVector b2 = TLanes.RotateLeft(TLanes.Xor(a12, d2), 43);
            TVector b3 = TLanes.RotateLeft(TLanes.Xor(a18, d3), 21);
            TVector b4 = TLanes.RotateLeft(TLanes.Xor(a24, d4), 14);
            TVector b5 = TLanes.RotateLeft(TLanes.Xor(a3, d3), 28);
            TVector b6 = TLanes.RotateLeft(TLanes.Xor(a9, d4), 20);
            TVector b7 = TLanes.RotateLeft(TLanes.Xor(a10, d0), 3);
            TVector b8 = TLanes.RotateLeft(TLanes.Xor(a16, d1), 45);
            TVector b9 = TLanes.RotateLeft(TLanes.Xor(a22, d2), 61);
            TVector b10 = TLanes.RotateLeft(TLanes.Xor(a1, d1), 1);
            TVector b11 = TLanes.RotateLeft(TLanes.Xor(a7, d2), 6);
            TVector b12 = TLanes.RotateLeft(TLanes.Xor(a13, d3), 25);
            TVector b13 = TLanes.RotateLeft(TLanes.Xor(a19, d4), 8);
            TVector b14 = TLanes.RotateLeft(TLanes.Xor(a20, d0), 18);
            TVector b15 = TLanes.RotateLeft(TLanes.Xor(a4, d4), 27);
            TVector b16 = TLanes.RotateLeft(TLanes.Xor(a5, d0), 36);
            TVector b17 = TLanes.RotateLeft(TLanes.Xor(a11, d1), 10);
            TVector b18 = TLanes.RotateLeft(TLanes.Xor(a17, d2), 15);
            TVector b19 = TLanes.RotateLeft(TLanes.Xor(a23, d3), 56);
            TVector b20 = TLanes.RotateLeft(TLanes.Xor(a2, d2), 62);
            TVector b21 = TLanes.RotateLeft(TLanes.Xor(a8, d3), 55);
            TVector b22 = TLanes.RotateLeft(TLanes.Xor(a14, d4), 39);
            TVector b23 = TLanes.RotateLeft(TLanes.Xor(a15, d0), 41);
            TVector b24 = TLanes.RotateLeft(TLanes.Xor(a21, d1), 2);

            a0 = TLanes.Xor(TLanes.Chi(b0, b1, b2), TLanes.Broadcast(Unsafe.Add(ref constant, round)));
            a1 = TLanes.Chi(b1, b2, b3);
            a2 = TLanes.Chi(b2, b3, b4);
            a3 = TLanes.Chi(b3, b4, b0);
            a4 = TLanes.Chi(b4, b0, b1);
            a5 = TLanes.Chi(b5, b6, b7);
            a6 = TLanes.Chi(b6, b7, b8);
            a7 = TLanes.Chi(b7, b8, b9);
            a8 = TLanes.Chi(b8, b9, b5);
            a9 = TLanes.Chi(b9, b5, b6);
            a10 = TLanes.Chi(b10, b11, b12);
            a11 = TLanes.Chi(b11, b12, b13);
            a12 = TLanes.Chi(b12, b13, b14);
            a13 = TLanes.Chi(b13, b14, b10);
            a14 = TLanes.Chi(b14, b10, b11);
            a15 = TLanes.Chi(b15, b16, b17);
            a16 = TLanes.Chi(b16, b17, b18);
            a17 = TLanes.Chi(b17, b18, b19);
            a18 = TLanes.Chi(b18, b19, b15);
            a19 = TLanes.Chi(b19, b15, b16);
            a20 = TLanes.Chi(b20, b21, b22);
            a21 = TLanes.Chi(b21, b22, b23);
            a22 = TLanes.Chi(b22, b23, b24);
            a23 = TLanes.Chi(b23, b24, b20);
            a24 = TLanes.Chi(b24, b20, b21);
        }
        state = a0;
        Unsafe.Add(ref state, 1) = a1;
        Unsafe.Add(ref state, 2) = a2;
        Unsafe.Add(ref state, 3) = a3;
        Unsafe.Add(ref state, 4) = a4;
        Unsafe.Add(ref state, 5) = a5;
        Unsafe.Add(ref state, 6) = a6;
        Unsafe.Add(ref state, 7) = a7;
        Unsafe.Add(ref state, 8) = a8;
        Unsafe.Add(ref state, 9) = a9;
        Unsafe.Add(ref state, 10) = a10;
        Unsafe.Add(ref state, 11) = a11;
        Unsafe.Add(ref state, 12) = a12;
        Unsafe.Add(ref state, 13) = a13;
        Unsafe.Add(ref state, 14) = a14;
        Unsafe.Add(ref state, 15) = a15;
        Unsafe.Add(ref state, 16) = a16;
        Unsafe.Add(ref state, 17) = a17;
        Unsafe.Add(ref state, 18) = a18;
        Unsafe.Add(ref state, 19) = a19;
        Unsafe.Add(ref state, 20) = a20;
        Unsafe.Add(ref state, 21) = a21;
        Unsafe.Add(ref state, 22) = a22;
        Unsafe.Add(ref state, 23) = a23;
        Unsafe.Add(ref state, 24) = a24;
    }
}
