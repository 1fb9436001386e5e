using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>
/// Arithmetic modulo 2^255 - 19 on one element a lane, in ten limbs of 26 and 25 bits by turns (Bernstein's radix
/// 2^25.5). A product has limbs below 2^26 + 2^17 and 2^25 + 2^17 ("one unit"), a sum those of its terms together, a
/// difference those of its minuend and two units more. A first factor may have four units, a second one three (times 19
/// that fills 32 bits), a subtrahend one. The largest column of a product is then below 2^63.
/// </summary>
internal static unsafe class FieldKernel<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, IFieldLanes<TVector>
{
    private const ulong Even = (1UL << 26) - 1, Odd = (1UL << 25) - 1;

    /// <summary>Twice p in packed words, for a negation before unpacking.</summary>
    public const ulong PackedBias0 = (2 * (Even - 18)) | (2 * Odd << 32), PackedBias = (2 * Even) | (2 * Odd << 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Add(out FieldVector<TVector> sum, ref readonly FieldVector<TVector> a, ref readonly FieldVector<TVector> b)
    {
        sum.L0 = TLanes.Add(a.L0, b.L0);
        sum.L1 = TLanes.Add(a.L1, b.L1);
        sum.L2 = TLanes.Add(a.L2, b.L2);
        sum.L3 = TLanes.Add(a.L3, b.L3);
        sum.L4 = TLanes.Add(a.L4, b.L4);
        sum.L5 = TLanes.Add(a.L5, b.L5);
        sum.L6 = TLanes.Add(a.L6, b.L6);
        sum.L7 = TLanes.Add(a.L7, b.L7);
        sum.L8 = TLanes.Add(a.L8, b.L8);
        sum.L9 = TLanes.Add(a.L9, b.L9);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Subtract(out FieldVector<TVector> difference, ref readonly FieldVector<TVector> a, ref readonly FieldVector<TVector> b)
    {
        TVector even = TLanes.Broadcast(2 * Even), odd = TLanes.Broadcast(2 * Odd);
        difference.L0 = TLanes.Subtract(TLanes.Add(a.L0, TLanes.Broadcast(2 * (Even - 18))), b.L0);
        difference.L1 = TLanes.Subtract(TLanes.Add(a.L1, odd), b.L1);
        difference.L2 = TLanes.Subtract(TLanes.Add(a.L2, even), b.L2);
        difference.L3 = TLanes.Subtract(TLanes.Add(a.L3, odd), b.L3);
        difference.L4 = TLanes.Subtract(TLanes.Add(a.L4, even), b.L4);
        difference.L5 = TLanes.Subtract(TLanes.Add(a.L5, odd), b.L5);
        difference.L6 = TLanes.Subtract(TLanes.Add(a.L6, even), b.L6);
        difference.L7 = TLanes.Subtract(TLanes.Add(a.L7, odd), b.L7);
        difference.L8 = TLanes.Subtract(TLanes.Add(a.L8, even), b.L8);
        difference.L9 = TLanes.Subtract(TLanes.Add(a.L9, odd), b.L9);
    }

    /// <summary>a · b; the result may be one of them.</summary>
    [SkipLocalsInit]
    public static void Multiply(out FieldVector<TVector> product, ref readonly FieldVector<TVector> a, ref readonly FieldVector<TVector> b)
    {
        TVector nineteen = TLanes.Broadcast(19);
        (TVector f0, TVector f1, TVector f2, TVector f3, TVector f4) = (a.L0, a.L1, a.L2, a.L3, a.L4);
        (TVector f5, TVector f6, TVector f7, TVector f8, TVector f9) = (a.L5, a.L6, a.L7, a.L8, a.L9);
        (TVector g0, TVector g1, TVector g2, TVector g3, TVector g4) = (b.L0, b.L1, b.L2, b.L3, b.L4);
        (TVector g5, TVector g6, TVector g7, TVector g8, TVector g9) = (b.L5, b.L6, b.L7, b.L8, b.L9);
        TVector n1 = TLanes.Multiply(g1, nineteen);
        TVector n2 = TLanes.Multiply(g2, nineteen);
        TVector n3 = TLanes.Multiply(g3, nineteen);
        TVector n4 = TLanes.Multiply(g4, nineteen);
        TVector n5 = TLanes.Multiply(g5, nineteen);
        TVector n6 = TLanes.Multiply(g6, nineteen);
        TVector n7 = TLanes.Multiply(g7, nineteen);
        TVector n8 = TLanes.Multiply(g8, nineteen);
        TVector n9 = TLanes.Multiply(g9, nineteen);
        TVector d1 = TLanes.Add(f1, f1);
        TVector d3 = TLanes.Add(f3, f3);
        TVector d5 = TLanes.Add(f5, f5);
        TVector d7 = TLanes.Add(f7, f7);
        TVector d9 = TLanes.Add(f9, f9);
        TVector h0 = TLanes.Multiply(f0, g0);
        h0 = Sum(Sum(Sum(h0, d1, n9), f2, n8), d3, n7);
        h0 = Sum(Sum(Sum(h0, f4, n6), d5, n5), f6, n4);
        h0 = Sum(Sum(Sum(h0, d7, n3), f8, n2), d9, n1);
        TVector h1 = TLanes.Multiply(f0, g1);
        h1 = Sum(Sum(Sum(h1, f1, g0), f2, n9), f3, n8);
        h1 = Sum(Sum(Sum(h1, f4, n7), f5, n6), f6, n5);
        h1 = Sum(Sum(Sum(h1, f7, n4), f8, n3), f9, n2);
        TVector h2 = TLanes.Multiply(f0, g2);
        h2 = Sum(Sum(Sum(h2, d1, g1), f2, g0), d3, n9);
        h2 = Sum(Sum(Sum(h2, f4, n8), d5, n7), f6, n6);
        h2 = Sum(Sum(Sum(h2, d7, n5), f8, n4), d9, n3);
        TVector h3 = TLanes.Multiply(f0, g3);
        h3 = Sum(Sum(Sum(h3, f1, g2), f2, g1), f3, g0);
        h3 = Sum(Sum(Sum(h3, f4, n9), f5, n8), f6, n7);
        h3 = Sum(Sum(Sum(h3, f7, n6), f8, n5), f9, n4);
        TVector h4 = TLanes.Multiply(f0, g4);
        h4 = Sum(Sum(Sum(h4, d1, g3), f2, g2), d3, g1);
        h4 = Sum(Sum(Sum(h4, f4, g0), d5, n9), f6, n8);
        h4 = Sum(Sum(Sum(h4, d7, n7), f8, n6), d9, n5);
        TVector h5 = TLanes.Multiply(f0, g5);
        h5 = Sum(Sum(Sum(h5, f1, g4), f2, g3), f3, g2);
        h5 = Sum(Sum(Sum(h5, f4, g1), f5, g0), f6, n9);
        h5 = Sum(Sum(Sum(h5, f7, n8), f8, n7), f9, n6);
        TVector h6 = TLanes.Multiply(f0, g6);
        h6 = Sum(Sum(Sum(h6, d1, g5), f2, g4), d3, g3);
        h6 = Sum(Sum(Sum(h6, f4, g2), d5, g1), f6, g0);
        h6 = Sum(Sum(Sum(h6, d7, n9), f8, n8), d9, n7);
        TVector h7 = TLanes.Multiply(f0, g7);
        h7 = Sum(Sum(Sum(h7, f1, g6), f2, g5), f3, g4);
        h7 = Sum(Sum(Sum(h7, f4, g3), f5, g2), f6, g1);
        h7 = Sum(Sum(Sum(h7, f7, g0), f8, n9), f9, n8);
        TVector h8 = TLanes.Multiply(f0, g8);
        h8 = Sum(Sum(Sum(h8, d1, g7), f2, g6), d3, g5);
        h8 = Sum(Sum(Sum(h8, f4, g4), d5, g3), f6, g2);
        h8 = Sum(Sum(Sum(h8, d7, g1), f8, g0), d9, n9);
        TVector h9 = TLanes.Multiply(f0, g9);
        h9 = Sum(Sum(Sum(h9, f1, g8), f2, g7), f3, g6);
        h9 = Sum(Sum(Sum(h9, f4, g5), f5, g4), f6, g3);
        h9 = Sum(Sum(Sum(h9, f7, g2), f8, g1), f9, g0);
        Carry(out product, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9);
    }

    /// <summary>a to the power of 2^<paramref name="times"/>, at least 1; a of one unit.</summary>
    [SkipLocalsInit]
    public static void Square(out FieldVector<TVector> power, ref readonly FieldVector<TVector> a, int times = 1)
    {
        TVector nineteen = TLanes.Broadcast(19), thirtyEight = TLanes.Broadcast(38);
        power = a;
        for (int i = 0; i < times; i++)
        {
            (TVector f0, TVector f1, TVector f2, TVector f3, TVector f4) = (power.L0, power.L1, power.L2, power.L3, power.L4);
            (TVector f5, TVector f6, TVector f7, TVector f8, TVector f9) = (power.L5, power.L6, power.L7, power.L8, power.L9);
            TVector d0 = TLanes.Add(f0, f0);
            TVector d1 = TLanes.Add(f1, f1);
            TVector d2 = TLanes.Add(f2, f2);
            TVector d3 = TLanes.Add(f3, f3);
            TVector d4 = TLanes.Add(f4, f4);
            TVector d5 = TLanes.Add(f5, f5);
            TVector d6 = TLanes.Add(f6, f6);
            TVector d7 = TLanes.Add(f7, f7);
            TVector d8 = TLanes.Add(f8, f8);
            TVector n5 = TLanes.Multiply(f5, thirtyEight);
            TVector n6 = TLanes.Multiply(f6, nineteen);
            TVector n7 = TLanes.Multiply(f7, thirtyEight);
            TVector n8 = TLanes.Multiply(f8, nineteen);
            TVector n9 = TLanes.Multiply(f9, thirtyEight);
            TVector h0 = TLanes.Multiply(f0, f0);
            h0 = Sum(Sum(Sum(h0, d1, n9), d2, n8), d3, n7);
            h0 = Sum(Sum(h0, d4, n6), f5, n5);
            TVector h1 = TLanes.Multiply(d0, f1);
            h1 = Sum(Sum(Sum(h1, f2, n9), d3, n8), f4, n7);
            h1 = Sum(h1, d5, n6);
            TVector h2 = TLanes.Multiply(d0, f2);
            h2 = Sum(Sum(Sum(h2, d1, f1), d3, n9), d4, n8);
            h2 = Sum(Sum(h2, d5, n7), f6, n6);
            TVector h3 = TLanes.Multiply(d0, f3);
            h3 = Sum(Sum(Sum(h3, d1, f2), f4, n9), d5, n8);
            h3 = Sum(h3, f6, n7);
            TVector h4 = TLanes.Multiply(d0, f4);
            h4 = Sum(Sum(Sum(h4, d1, d3), f2, f2), d5, n9);
            h4 = Sum(Sum(h4, d6, n8), f7, n7);
            TVector h5 = TLanes.Multiply(d0, f5);
            h5 = Sum(Sum(Sum(h5, d1, f4), d2, f3), f6, n9);
            h5 = Sum(h5, d7, n8);
            TVector h6 = TLanes.Multiply(d0, f6);
            h6 = Sum(Sum(Sum(h6, d1, d5), d2, f4), d3, f3);
            h6 = Sum(Sum(h6, d7, n9), f8, n8);
            TVector h7 = TLanes.Multiply(d0, f7);
            h7 = Sum(Sum(Sum(h7, d1, f6), d2, f5), d3, f4);
            h7 = Sum(h7, f8, n9);
            TVector h8 = TLanes.Multiply(d0, f8);
            h8 = Sum(Sum(Sum(h8, d1, d7), d2, f6), d3, d5);
            h8 = Sum(Sum(h8, f4, f4), f9, n9);
            TVector h9 = TLanes.Multiply(d0, f9);
            h9 = Sum(Sum(Sum(h9, d1, f8), d2, f7), d3, f6);
            h9 = Sum(h9, d4, f5);
            Carry(out power, h0, h1, h2, h3, h4, h5, h6, h7, h8, h9);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Sum(TVector sum, TVector a, TVector b) => TLanes.Add(sum, TLanes.Multiply(a, b));

    /// <summary>The same numbers in limbs of one unit; each limb below 2^63.</summary>
    public static void Carry(ref FieldVector<TVector> a) => Carry(out a, a.L0, a.L1, a.L2, a.L3, a.L4, a.L5, a.L6, a.L7, a.L8, a.L9);

    // Two chains, from limb 0 and from limb 5, each until the other's start has taken its carry.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Carry(
        out FieldVector<TVector> r, TVector h0, TVector h1, TVector h2, TVector h3, TVector h4, TVector h5, TVector h6, TVector h7, TVector h8, TVector h9)
    {
        TVector even = TLanes.Broadcast(Even), odd = TLanes.Broadcast(Odd);
        h1 = TLanes.Add(h1, TLanes.ShiftRight(h0, 26));
        h0 = TLanes.And(h0, even);
        h6 = TLanes.Add(h6, TLanes.ShiftRight(h5, 25));
        h5 = TLanes.And(h5, odd);
        h2 = TLanes.Add(h2, TLanes.ShiftRight(h1, 25));
        h1 = TLanes.And(h1, odd);
        h7 = TLanes.Add(h7, TLanes.ShiftRight(h6, 26));
        h6 = TLanes.And(h6, even);
        h3 = TLanes.Add(h3, TLanes.ShiftRight(h2, 26));
        h2 = TLanes.And(h2, even);
        h8 = TLanes.Add(h8, TLanes.ShiftRight(h7, 25));
        h7 = TLanes.And(h7, odd);
        h4 = TLanes.Add(h4, TLanes.ShiftRight(h3, 25));
        h3 = TLanes.And(h3, odd);
        h9 = TLanes.Add(h9, TLanes.ShiftRight(h8, 26));
        h8 = TLanes.And(h8, even);
        h5 = TLanes.Add(h5, TLanes.ShiftRight(h4, 26));
        h4 = TLanes.And(h4, even);
        TVector top = TLanes.ShiftRight(h9, 25);
        h0 = TLanes.Add(h0, TLanes.Add(top, TLanes.Add(TLanes.ShiftLeft(top, 1), TLanes.ShiftLeft(top, 4))));
        h9 = TLanes.And(h9, odd);
        h6 = TLanes.Add(h6, TLanes.ShiftRight(h5, 25));
        h5 = TLanes.And(h5, odd);
        h1 = TLanes.Add(h1, TLanes.ShiftRight(h0, 26));
        h0 = TLanes.And(h0, even);
        r.L0 = h0;
        r.L1 = h1;
        r.L2 = h2;
        r.L3 = h3;
        r.L4 = h4;
        r.L5 = h5;
        r.L6 = h6;
        r.L7 = h7;
        r.L8 = h8;
        r.L9 = h9;
    }
}
