using System.Runtime.CompilerServices;

namespace Prozchain.Shared;

/// <summary>Decodes one point a lane, as <see cref="EdwardsPoint.TryRead"/> does, into packed affine points.</summary>
internal static unsafe class LaneDecoder<TVector, TLanes>
    where TVector : unmanaged
    where TLanes : struct, IFieldLanes<TVector>
{
    /// <summary>Field elements that <see cref="Decode"/> works in.</summary>
    public const int WorkElements = 14;

    /// <summary>Returns a bit for each lane, set if there is a point. y is below p.</summary>
    public static uint Decode(ulong* encodings, ulong* points, FieldVector<TVector>* work)
    {
        nint* offsets = stackalloc nint[TLanes.Count];
        for (int i = 0; i < TLanes.Count; i++) offsets[i] = 4 * i;
        TLanes.LoadRows(encodings, offsets, out TVector w0, out TVector w1, out TVector w2, out TVector w3);
        FieldVector<TVector>* y = work, u = work + 1, v = work + 2, v3 = work + 3, x = work + 4, check = work + 5, other = work + 6, constant = work + 7;
        Unpack(w0, w1, w2, w3, y);
        LaneField<TVector, TLanes>.Broadcast(EdwardsPoint.D, constant);
        LaneField<TVector, TLanes>.Broadcast(Fe25519.One, other);
        FieldKernel<TVector, TLanes>.Square(out *x, in *y);
        FieldKernel<TVector, TLanes>.Subtract(out *u, in *x, in *other);
        FieldKernel<TVector, TLanes>.Carry(ref *u);
        FieldKernel<TVector, TLanes>.Multiply(out *v, in *x, in *constant);
        FieldKernel<TVector, TLanes>.Add(out *v, in *v, in *other);
        FieldKernel<TVector, TLanes>.Carry(ref *v);

        // x = u v³ (u v⁷)^((p - 5) / 8), times a root of -1 if v x² = -u.
        FieldKernel<TVector, TLanes>.Square(out *v3, in *v);
        FieldKernel<TVector, TLanes>.Multiply(out *v3, in *v3, in *v);
        FieldKernel<TVector, TLanes>.Square(out *x, in *v3);
        FieldKernel<TVector, TLanes>.Multiply(out *x, in *x, in *v);
        FieldKernel<TVector, TLanes>.Multiply(out *x, in *x, in *u);
        LaneField<TVector, TLanes>.PowerForRoot(x, work + 8);
        FieldKernel<TVector, TLanes>.Multiply(out *x, in *x, in *v3);
        FieldKernel<TVector, TLanes>.Multiply(out *x, in *x, in *u);
        FieldKernel<TVector, TLanes>.Square(out *check, in *x);
        FieldKernel<TVector, TLanes>.Multiply(out *check, in *check, in *v);
        FieldKernel<TVector, TLanes>.Subtract(out *other, in *check, in *u);
        FieldKernel<TVector, TLanes>.Add(out *check, in *check, in *u);
        TVector isRoot = LaneField<TVector, TLanes>.IsZero(other), isTurned = LaneField<TVector, TLanes>.IsZero(check);
        LaneField<TVector, TLanes>.Broadcast(Fe25519.SqrtMinusOne, constant);
        FieldKernel<TVector, TLanes>.Multiply(out *other, in *x, in *constant);
        LaneField<TVector, TLanes>.Choose(isTurned, x, other);

        // The sign; a set one where x is 0 has no point.
        LaneField<TVector, TLanes>.Reduce(x);
        TVector sign = TLanes.ShiftRight(w3, 63), one = TLanes.Broadcast(1);
        TVector isWrong = TLanes.IsZero(TLanes.And(TLanes.Add(TLanes.Add(x->L0, sign), one), one));
        uint signed = TLanes.Signs(w3) & TLanes.Signs(LaneField<TVector, TLanes>.IsAllZero(x));
        *other = default;
        FieldKernel<TVector, TLanes>.Subtract(out *other, in *other, in *x);
        LaneField<TVector, TLanes>.Choose(isWrong, x, other);
        Store(x, y, points, work + 5);
        return TLanes.Signs(TLanes.Or(isRoot, isTurned)) & ~signed;
    }

    private static void Unpack(TVector w0, TVector w1, TVector w2, TVector w3, FieldVector<TVector>* y)
    {
        TVector even = TLanes.Broadcast((1UL << 26) - 1), odd = TLanes.Broadcast((1UL << 25) - 1);
        y->L0 = TLanes.And(w0, even);
        y->L1 = TLanes.And(TLanes.ShiftRight(w0, 26), odd);
        y->L2 = TLanes.And(TLanes.Or(TLanes.ShiftRight(w0, 51), TLanes.ShiftLeft(w1, 13)), even);
        y->L3 = TLanes.And(TLanes.ShiftRight(w1, 13), odd);
        y->L4 = TLanes.ShiftRight(w1, 38);
        y->L5 = TLanes.And(w2, odd);
        y->L6 = TLanes.And(TLanes.ShiftRight(w2, 25), even);
        y->L7 = TLanes.And(TLanes.Or(TLanes.ShiftRight(w2, 51), TLanes.ShiftLeft(w3, 13)), odd);
        y->L8 = TLanes.And(TLanes.ShiftRight(w3, 12), even);
        y->L9 = TLanes.And(TLanes.ShiftRight(w3, 38), odd);
    }

    // y + x, y - x (three units at most) and 2dxy (one unit): what is packed there need not be below p.
    private static void Store(FieldVector<TVector>* x, FieldVector<TVector>* y, ulong* points, FieldVector<TVector>* work)
    {
        FieldVector<TVector>* sum = work, difference = work + 1, product = work + 2;
        FieldKernel<TVector, TLanes>.Add(out *sum, in *y, in *x);
        FieldKernel<TVector, TLanes>.Subtract(out *difference, in *y, in *x);
        LaneField<TVector, TLanes>.Broadcast(EdwardsPoint.TwoD, work + 3);
        FieldKernel<TVector, TLanes>.Multiply(out *product, in *x, in *y);
        FieldKernel<TVector, TLanes>.Multiply(out *product, in *product, in work[3]);
        TVector* packed = (TVector*)(work + 4);
        for (int element = 0; element < 3; element++) LaneField<TVector, TLanes>.Pack(work + element, packed + 5 * element);
        packed[15] = TLanes.Broadcast(0);
        nint* offsets = stackalloc nint[TLanes.Count];
        for (int i = 0; i < TLanes.Count; i++) offsets[i] = AffinePoint.PackedWords * i;
        for (int word = 0; word < AffinePoint.PackedWords; word += 4)
            TLanes.StoreRows(points + word, offsets, packed[word], packed[word + 1], packed[word + 2], packed[word + 3]);
    }
}
