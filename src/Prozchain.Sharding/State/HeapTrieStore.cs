using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// The <see cref="IAuthenticatedStore"/> for a shard's state: 100 to 250 bytes a key in unmanaged memory, batches hashed
/// level by level in lanes. Same roots and proofs as <see cref="TrieStore"/>, its oracle.
/// </summary>
/// <remarks>
/// Staging exchanges the batch for what the trie has, which undoes it, so that committing costs nothing; reads see what
/// was there before until then. What the content takes is a function of the content alone, so that stores with equal
/// content refuse the same batches. After warm-up, staging and committing allocate nothing on the managed heap.
/// </remarks>
public sealed unsafe partial class HeapTrieStore : IAuthenticatedStore, IDisposable
{
    private readonly TrieUpdate _update;
    private readonly KeySorter _order = new();
    private readonly StateBatch _batch = new();
    private bool _isStaged;
    private Bytes32 _committedRoot;
    private int _committedCount;

    /// <summary>Makes an empty store for all keys.</summary>
    /// <param name="maxBytes">Bytes that the content may take: 64 KiB to 4 GiB, of which 100 to 500 MB are usual for a shard.</param>
    public HeapTrieStore(long maxBytes) : this(maxBytes, default, 0) { }

    /// <summary>Makes an empty store for the keys under a prefix.</summary>
    /// <param name="maxBytes">Bytes that the content may take: 64 KiB to 4 GiB.</param>
    /// <param name="prefix">The bits that the keys share; those from <paramref name="rootDepth"/> on are ignored.</param>
    /// <param name="rootDepth">Length of the prefix in bits, 0 to 255.</param>
    public HeapTrieStore(long maxBytes, Digest prefix, int rootDepth) : this(maxBytes, CheckedTrie(maxBytes, prefix, rootDepth)) { }

    internal HeapTrieStore(long maxBytes, HeapTrie trie)
    {
        MaxBytes = maxBytes;
        Trie = trie;
        _update = new TrieUpdate(trie);
        (_committedRoot, _committedCount) = (*trie.RootHash, trie.Count);
    }

    /// <summary>The most bytes that the content may take.</summary>
    public long MaxBytes { get; }

    /// <summary>Bytes that the content takes, with the staged batch if there is one: a function of the content alone.</summary>
    public long UsedBytes => Trie.UsedBytes;

    /// <summary>Bytes taken from the system for the content, free blocks and those shared with a snapshot included.</summary>
    public long ReservedBytes => Trie.Nodes.ReservedBytes + Trie.Values.ReservedBytes;

    /// <summary>Number of committed keys.</summary>
    public int Count => _committedCount;

    /// <inheritdoc/>
    public int RootDepth => Trie.RootDepth;

    /// <summary>The bits that all keys share; those from <see cref="RootDepth"/> on are of no meaning.</summary>
    public Digest Prefix => new(Trie.Prefix);

    /// <inheritdoc/>
    public Digest Root => new(_committedRoot);

    internal HeapTrie Trie { get; }

    /// <inheritdoc/>
    public bool TryGet(in Digest key, out ReadOnlySpan<byte> value)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        value = default;
        if (_isStaged && _batch.Find(key.Bytes) is var write && write >= 0)
        {
            if (_batch.Length(write) == StateBatch.Absent) return false;
            value = new ReadOnlySpan<byte>(_batch.Value(write), _batch.Length(write));
            return true;
        }
        byte* bucket = Trie.Find(key.Bytes, out int index);
        if (bucket is null) return false;
        value = new ReadOnlySpan<byte>(Trie.Value(bucket, index), TrieBlocks.Lengths(bucket)[index]);
        return true;
    }

    /// <summary>Says that these keys are read next, so that reading them does not wait for the memory.</summary>
    internal void Fetch(ReadOnlySpan<Digest> keys)
    {
        if (!IsDisposed) KeyFetch.Run(Trie, keys);
    }

    /// <inheritdoc/>
    /// <exception cref="InsufficientMemoryException">The system has no memory left, or the stores that share it have no segment; this one has ended.</exception>
    public StageResult TryStage(ReadOnlySpan<StateWrite> writes, out Digest root)
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        _order.Sort(writes, Trie.Prefix, Trie.RootDepth);
        Revert();
        root = default;
        long least = 0;
        foreach (ref readonly StateWrite write in writes)
            if (!write.IsDelete) least += TrieBlocks.UnitBytes + (TrieBlocks.ValueUnits(write.Value.Length) << TrieBlocks.ValueBits);
        if (least > MaxBytes) return StageResult.Full;
        _batch.Fill(writes, _order);
        Apply();
        _isStaged = true;
        if (Trie.UsedBytes > MaxBytes)
        {
            Revert();
            return StageResult.Full;
        }
        root = new Digest(*Trie.RootHash);
        return StageResult.Ok;
    }

    /// <inheritdoc/>
    public Digest Stage(ReadOnlySpan<StateWrite> writes) => TryStage(writes, out Digest root) is var result && result == StageResult.Ok
        ? root : throw new InvalidOperationException($"Expected a batch within {MaxBytes} bytes, got {result} with {UsedBytes} in use.");

    /// <inheritdoc/>
    public void Commit()
    {
        if (!_isStaged) return;
        _isStaged = false;
        (_committedRoot, _committedCount) = (*Trie.RootHash, Trie.Count);
    }

    /// <summary>Drops the proposed batch, if there is one.</summary>
    public void Revert()
    {
        if (!_isStaged) return;
        _isStaged = false;
        Apply();
    }

    /// <inheritdoc/>
    public StateProof Prove(in Digest key)
    {
        using Committed committed = See();
        return new StateProof(TrieProver<HeapTrieView, HeapTrieView.Node>.Prove(committed.View, key.Bytes));
    }

    /// <inheritdoc/>
    public void WriteWitness(ReadOnlySpan<Digest> keys, ReadOnlySpan<Digest> deletes, IBufferWriter<byte> output)
    {
        using Committed committed = See();
        TrieProver<HeapTrieView, HeapTrieView.Node>.WriteWitness(committed.View, keys, deletes, output);
    }

    /// <inheritdoc/>
    public Digest WriteRange(in Digest from, in Digest to, int maxBytes, IBufferWriter<byte> output)
    {
        using Committed committed = See();
        return RangeProver<HeapTrieView, HeapTrieView.Node>.Write(committed.View, Trie.Prefix, from.Bytes, to.Bytes, maxBytes, output);
    }

    /// <summary>Writes pairs of a range: key, length, value each. Returns the last key that is covered.</summary>
    internal Digest WritePairs(in Digest from, in Digest to, int maxBytes, IBufferWriter<byte> output)
    {
        using Committed committed = See();
        RangeProver<HeapTrieView, HeapTrieView.Node>.Pairs pairs =
            RangeProver<HeapTrieView, HeapTrieView.Node>.Collect(committed.View, Trie.Prefix, from.Bytes, to.Bytes, maxBytes);
        output.Write(pairs.Bytes.WrittenSpan);
        return new Digest(pairs.CoveredTo);
    }

    /// <summary>Frees the memory.</summary>
    public void Dispose()
    {
        if (IsDisposed) return;
        (IsDisposed, _isStaged) = (true, false);
        Trie.Dispose();
        _update.Dispose();
        _order.Dispose();
        _batch.Dispose();
    }

    private bool IsDisposed { get; set; }

    // What was applied in part is no state: without memory for the rest the store ends.
    private void Apply()
    {
        try
        {
            _update.Apply(_batch);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    // The committed content as nodes: a staged batch is taken back for as long.
    private Committed See()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        return new Committed(this);
    }

    private readonly ref struct Committed : IDisposable
    {
        private readonly HeapTrieStore _store;
        private readonly bool _wasStaged;

        public Committed(HeapTrieStore store)
        {
            (_store, _wasStaged) = (store, store._isStaged);
            store.Revert();
            View = new HeapTrieView(store.Trie);
        }

        public HeapTrieView View { get; }

        public void Dispose()
        {
            if (!_wasStaged) return;
            _store.Apply();
            _store._isStaged = true;
        }
    }

    private static HeapTrie CheckedTrie(long maxBytes, Digest prefix, int rootDepth)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxBytes, 1 << 16);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxBytes, 1L << 32);
        ArgumentOutOfRangeException.ThrowIfNegative(rootDepth);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rootDepth, 255);
        return new HeapTrie(new StateMemory(maxBytes), prefix.Bytes, rootDepth);
    }
}
