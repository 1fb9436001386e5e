namespace Prozchain.Shared;

/// <summary>What batch verification does to field elements in lanes beside <see cref="FieldKernel{TVector, TLanes}"/>.</summary>
internal static unsafe class LaneField<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, IFieldLanes<TVector>
{
    private const int Limbs = 10;
    private const ulong Even = (1UL << 26) - 1, Odd = (1UL << 25) - 1;

    public static void Broadcast(in Fe25519 value, FieldVector<TVector>* result)
    {
        Span<ulong> words = stackalloc ulong[5];
        value.Pack(words);
        TVector* limbs = (TVector*)result;
        for (int i = 0; i < words.Length; i++) (limbs[2 * i], limbs[2 * i + 1]) = (TLanes.Broadcast((uint)words[i]), TLanes.Broadcast(words[i] >> 32));
    }

    /// <summary>Five words of two limbs each, the second above bit 32.</summary>
    public static void Pack(FieldVector<TVector>* a, TVector* words)
    {
        TVector* limbs = (TVector*)a;
        for (int i = 0; i < 5; i++) words[i] = TLanes.Or(limbs[2 * i], TLanes.ShiftLeft(limbs[2 * i + 1], 32));
    }

    /// <summary>a = b where the mask is all ones.</summary>
    public static void Choose(TVector mask, FieldVector<TVector>* a, FieldVector<TVector>* b)
    {
        TVector* to = (TVector*)a, from = (TVector*)b;
        for (int i = 0; i < Limbs; i++) to[i] = TLanes.Choose(mask, to[i], from[i]);
    }

    /// <summary>In place, the numbers below p.</summary>
    public static void Reduce(FieldVector<TVector>* a)
    {
        FieldKernel<TVector, TLanes>.Carry(ref *a);
        TVector* limbs = (TVector*)a;
        TVector top = Ripple(limbs), nineteen = TLanes.Broadcast(19);
        limbs[0] = TLanes.Add(limbs[0], TLanes.Multiply(top, nineteen));
        // Below 2^255 + 38: one or no p too much, which adding 19 shows as a carry out of the top.
        TVector carry = nineteen;
        for (int i = 0; i < Limbs; i++) carry = Shift(TLanes.Add(limbs[i], carry), i);
        limbs[0] = TLanes.Add(limbs[0], TLanes.Multiply(carry, nineteen));
        Ripple(limbs);
    }

    /// <summary>All ones in the lanes that are zero modulo p. Reduces <paramref name="a"/>.</summary>
    public static TVector IsZero(FieldVector<TVector>* a)
    {
        Reduce(a);
        return IsAllZero(a);
    }

    public static TVector IsAllZero(FieldVector<TVector>* a)
    {
        TVector* limbs = (TVector*)a;
        TVector all = limbs[0];
        for (int i = 1; i < Limbs; i++) all = TLanes.Or(all, limbs[i]);
        return TLanes.IsZero(all);
    }

    /// <summary>In place, to the power of (p - 5) / 8 = 2^252 - 3; the chain of <see cref="Fe25519.PowerForRoot"/>.</summary>
    /// <param name="work">Five elements.</param>
    public static void PowerForRoot(FieldVector<TVector>* x, FieldVector<TVector>* work)
    {
        FieldVector<TVector>* a = work, bits5 = work + 1, bits10 = work + 2, bits50 = work + 3, t = work + 4;
        FieldKernel<TVector, TLanes>.Square(out *a, in *x);
        FieldKernel<TVector, TLanes>.Square(out *t, in *a, 2);
        FieldKernel<TVector, TLanes>.Multiply(out *t, in *t, in *x);
        FieldKernel<TVector, TLanes>.Multiply(out *a, in *a, in *t);
        FieldKernel<TVector, TLanes>.Square(out *a, in *a);
        FieldKernel<TVector, TLanes>.Multiply(out *bits5, in *a, in *t);
        Join(bits10, bits5, 5, bits5);
        Join(a, bits10, 10, bits10);
        Join(a, a, 20, a, t);
        Join(bits50, a, 10, bits10);
        Join(a, bits50, 50, bits50);
        Join(a, a, 100, a, t);
        Join(a, a, 50, bits50);
        FieldKernel<TVector, TLanes>.Square(out *a, in *a, 2);
        FieldKernel<TVector, TLanes>.Multiply(out *x, in *a, in *x);
    }

    // result = high^(2^times) · low; by way of t where the result is read after it is written.
    private static void Join(FieldVector<TVector>* result, FieldVector<TVector>* high, int times, FieldVector<TVector>* low, FieldVector<TVector>* t = null)
    {
        if (t is null) t = result;
        FieldKernel<TVector, TLanes>.Square(out *t, in *high, times);
        FieldKernel<TVector, TLanes>.Multiply(out *result, in *t, in *low);
    }

    // Limbs of 26 and 25 bits from the first to the last; returns the carry out of the top.
    private static TVector Ripple(TVector* limbs)
    {
        TVector carry = TLanes.Broadcast(0), even = TLanes.Broadcast(Even), odd = TLanes.Broadcast(Odd);
        for (int i = 0; i < Limbs; i++)
        {
            TVector limb = TLanes.Add(limbs[i], carry);
            carry = Shift(limb, i);
            limbs[i] = TLanes.And(limb, (i & 1) == 0 ? even : odd);
        }
        return carry;
    }

    private static TVector Shift(TVector limb, int i) => (i & 1) == 0 ? TLanes.ShiftRight(limb, 26) : TLanes.ShiftRight(limb, 25);
}
