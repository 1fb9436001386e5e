namespace Prozchain.Zk.Lanes;

/// <summary>
/// A vector of 64-bit lanes with the arithmetic of Goldilocks, reduced: <see cref="Wide512"/> 8, <see cref="Wide256"/> 4,
/// <see cref="Wide128"/> 2. Each operation is one piece, since the JIT stops inlining where small pieces are many.
/// </summary>
/// <remarks>Every member is inlined but the transposition; references are unaligned and are not checked.</remarks>
internal interface IWideLanes<TSelf> where TSelf : struct, IWideLanes<TSelf>
{
    /// <summary>Lanes in a vector, a power of two; a constant to the JIT.</summary>
    static abstract int Count { get; }

    static abstract TSelf Load(ref ulong source);

    static abstract void Store(TSelf value, ref ulong destination);

    /// <summary>The same value in every lane.</summary>
    static abstract TSelf Create(ulong value);

    /// <summary>The sum mod p.</summary>
    static abstract TSelf operator +(TSelf left, TSelf right);

    /// <summary>The difference mod p.</summary>
    static abstract TSelf operator -(TSelf left, TSelf right);

    /// <summary>The product mod p.</summary>
    static abstract TSelf operator *(TSelf left, TSelf right);

    /// <summary>See <see cref="ILanes{TSelf}.Transpose"/>.</summary>
    static abstract void Transpose(ref ulong source, ref nint offsets, ref ulong destination);
}
