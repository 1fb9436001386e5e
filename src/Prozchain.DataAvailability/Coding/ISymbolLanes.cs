namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Some symbols of one shard in vectors, and what a transform does to them: what the kernels of the erasure code are
/// written in, once for both fields and every vector width. Addition is XOR.
/// </summary>
/// <typeparam name="TSelf">The vectors.</typeparam>
/// <typeparam name="TFactor">A factor as <see cref="MultiplyAdd(TSelf, TSelf, TFactor)"/> takes it: in a register, or the address of its table.</typeparam>
internal unsafe interface ISymbolLanes<TSelf, TFactor>
    where TSelf : unmanaged, ISymbolLanes<TSelf, TFactor>
    where TFactor : unmanaged
{
    static abstract CantorField Field { get; }

    /// <summary>Bytes of a shard that it holds.</summary>
    static abstract int Size { get; }

    /// <summary>Bytes of a factor in memory; a multiple of 8.</summary>
    static abstract int FactorSize { get; }

    /// <summary>A factor by its Cantor coordinates: its address in a table, or in <paramref name="room"/>, where it is written.</summary>
    /// <param name="room"><see cref="FactorSize"/> bytes.</param>
    static abstract byte* Factor(byte* room, int factor);

    /// <summary>
    /// The factors of a kernel of 2^<paramref name="radixLog"/> rows: 2^(radixLog-1) of its lowest layer, then half as many of the
    /// next, and so on; in a table, or in <paramref name="room"/>, where they are written.
    /// </summary>
    /// <param name="room">Seven times <see cref="FactorSize"/> bytes.</param>
    /// <param name="first">Element of the first row, shifted right by the lowest layer: a multiple of 2^radixLog.</param>
    static abstract byte* Factors(byte* room, int first, int radixLog);

    static abstract TFactor ReadFactor(byte* source);

    /// <summary>From working memory, aligned to 64 bytes or to <see cref="Size"/> if that is less.</summary>
    static abstract TSelf Load(byte* source);

    static abstract void Store(TSelf value, byte* target);

    /// <summary>From a shard, at any address; working memory may have its bytes in another order.</summary>
    static abstract TSelf LoadShard(byte* source);

    static abstract void StoreShard(TSelf value, byte* target);

    static abstract TSelf Add(TSelf a, TSelf b);

    /// <summary>sum + x × factor.</summary>
    static abstract TSelf MultiplyAdd(TSelf sum, TSelf x, TFactor factor);

    /// <summary>sum + x × factor + also.</summary>
    static abstract TSelf MultiplyAdd(TSelf sum, TSelf x, TFactor factor, TSelf also);
}
