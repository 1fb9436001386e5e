using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Shared;

/// <summary>64-bit words in lanes: what field arithmetic on many points at once is written in, once for every width.</summary>
/// <typeparam name="TVector">A vector of 64-bit words.</typeparam>
internal unsafe interface IFieldLanes<TVector> where TVector : unmanaged
{
    /// <summary>Words in a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Broadcast(ulong value);

    static abstract TVector Add(TVector a, TVector b);

    static abstract TVector Subtract(TVector a, TVector b);

    /// <summary>The product of the low halves of the words.</summary>
    static abstract TVector Multiply(TVector a, TVector b);

    static abstract TVector And(TVector a, TVector b);

    static abstract TVector Or(TVector a, TVector b);

    static abstract TVector ShiftLeft(TVector a, [ConstantExpected] byte bits);

    static abstract TVector ShiftRight(TVector a, [ConstantExpected] byte bits);

    /// <summary><paramref name="b"/> where the mask is all ones, <paramref name="a"/> where it is zero.</summary>
    static abstract TVector Choose(TVector mask, TVector a, TVector b);

    /// <summary>All ones in the lanes that are zero.</summary>
    static abstract TVector IsZero(TVector a);

    /// <summary>A bit for each lane: its highest.</summary>
    static abstract uint Signs(TVector a);

    /// <summary>All ones in the lanes whose digit is negative.</summary>
    static abstract TVector NegativeDigits(sbyte* digits);

    /// <summary>Four words of each lane's row, which begins at its offset in words and on 32 bytes.</summary>
    static abstract void LoadRows(ulong* memory, nint* offsets, out TVector w0, out TVector w1, out TVector w2, out TVector w3);

    static abstract void StoreRows(ulong* memory, nint* offsets, TVector w0, TVector w1, TVector w2, TVector w3);
}
