using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Execution;

/// <summary>Where the cells of a block are read before it: a store, or a witness.</summary>
internal interface ICellSource
{
    /// <summary>Looks a cell up. Concurrent calls are allowed while a block executes.</summary>
    bool TryGet(in Digest key, out ReadOnlySpan<byte> value);

    /// <summary>These cells are looked up next: a hint.</summary>
    void Fetch(ReadOnlySpan<Digest> keys) { }
}

/// <summary>The cells of a store.</summary>
internal sealed class StoreCells : ICellSource
{
    public IAuthenticatedStore? Store { get; set; }

    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value) => Store!.TryGet(key, out value);

    public void Fetch(ReadOnlySpan<Digest> keys) => (Store as HeapTrieStore)?.Fetch(keys);
}
