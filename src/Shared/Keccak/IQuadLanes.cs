using System.Diagnostics.CodeAnalysis;

namespace Prozchain.Shared;

/// <summary>64-bit words in lanes, one Keccak state a lane: what the permutation is written in, once for every width.</summary>
/// <typeparam name="TVector">A vector of 64-bit words, or a word.</typeparam>
internal interface IQuadLanes<TVector> where TVector : unmanaged
{
    /// <summary>Words in a vector: 8, 4, 2 or 1.</summary>
    static abstract int Count { get; }

    static abstract TVector Broadcast(ulong value);

    /// <summary>The words whose low halves are at <paramref name="low"/> and whose high halves are at <paramref name="high"/>.</summary>
    static abstract TVector Join(ref readonly uint low, ref readonly uint high);

    static abstract TVector Xor(TVector a, TVector b);

    static abstract TVector Xor3(TVector a, TVector b, TVector c);

    /// <summary>chi: a ^ (~b &amp; c).</summary>
    static abstract TVector Chi(TVector a, TVector b, TVector c);

    /// <summary>By 1 to 63 bits.</summary>
    static abstract TVector RotateLeft(TVector a, [ConstantExpected] byte bits);
}
