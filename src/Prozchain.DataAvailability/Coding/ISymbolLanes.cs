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

    /// <summary>Writes a factor, by its Cantor coordinates.</summary>
    static abstract void WriteFactor(byte* target, int factor);

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
