namespace Prozchain.Shared;

/// <summary>Elements of <see cref="Gf256"/> in lanes, a byte a lane: what the product of a matrix with shards is written in, once for every width.</summary>
/// <typeparam name="TVector">A vector of bytes, or a byte.</typeparam>
/// <typeparam name="TSource">A vector made ready to be multiplied by many factors.</typeparam>
internal unsafe interface IGf256Lanes<TVector, TSource>
    where TVector : unmanaged
    where TSource : unmanaged
{
    /// <summary>Bytes in a vector.</summary>
    static abstract int Count { get; }

    /// <summary>True if there are registers for two vectors of each of six sums.</summary>
    static abstract bool IsPaired { get; }

    /// <summary>Bytes of a factor in the form that the products read.</summary>
    static abstract int FactorSize { get; }

    /// <summary>Writes a factor in that form.</summary>
    static abstract void Prepare(byte factor, Span<byte> prepared);

    static abstract TVector Load(byte* from);

    static abstract void Store(TVector vector, byte* to);

    static abstract TSource LoadSource(byte* from);

    /// <summary>sum + source × factor, lane by lane.</summary>
    /// <param name="factor">A prepared factor.</param>
    static abstract TVector MultiplyAdd(TVector sum, TSource source, byte* factor);

    /// <summary>sum + x × factor + y × second, lane by lane.</summary>
    static abstract TVector MultiplyAdd(TVector sum, TSource x, byte* factor, TSource y, byte* second);
}
