using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <content>One store becomes two, two become one.</content>
public sealed unsafe partial class HeapTrieStore
{
    /// <summary>
    /// Ends this store and makes two of it, each with the keys of one side of the next bit. Copies a few blocks only: the
    /// two read the same memory, and each writes what it changes elsewhere. They may be used by different threads; what
    /// they share is freed when the last of them has let go (<see cref="Dispose"/>, <see cref="Detach"/>).
    /// </summary>
    /// <returns>The stores of the keys whose bit <see cref="RootDepth"/> is 0 and 1; their roots hash to this one's.</returns>
    /// <exception cref="InvalidOperationException">A batch is staged, or there is no bit left.</exception>
    public (HeapTrieStore Left, HeapTrieStore Right) Split()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        if (_isStaged || RootDepth == 255) throw new InvalidOperationException($"Expected a store of depth below 255 without a staged batch, got depth {RootDepth}.");
        HeapTrie left = HeapTrieCut.Side(Trie, 0), right = HeapTrieCut.Side(Trie, 1);
        Dispose();
        return (new HeapTrieStore(MaxBytes, left), new HeapTrieStore(MaxBytes, right));
    }

    /// <summary>
    /// The inverse of <see cref="Split"/>: ends two stores and makes one of them. Stores that were split from one another
    /// are joined in place, others copied.
    /// </summary>
    /// <param name="left">The keys whose last prefix bit is 0.</param>
    /// <param name="right">The keys whose last prefix bit is 1.</param>
    /// <param name="merged">The store of both, when the result is <see cref="StageResult.Ok"/>.</param>
    /// <returns><see cref="StageResult.Full"/> if together they may exceed the left one's bound; then nothing happened.</returns>
    /// <exception cref="ArgumentException">They are no siblings, or a batch is staged.</exception>
    public static StageResult TryMerge(HeapTrieStore left, HeapTrieStore right, [MaybeNull] out HeapTrieStore merged)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        ObjectDisposedException.ThrowIf(left.IsDisposed, left);
        ObjectDisposedException.ThrowIf(right.IsDisposed, right);
        merged = null;
        int depth = left.RootDepth - 1;
        if (depth < 0 || right.RootDepth != left.RootDepth || left.Trie.Prefix.Bit(depth) != 0 || right.Trie.Prefix.Bit(depth) != 1
            || Bytes32.CommonPrefix(left.Trie.Prefix, right.Trie.Prefix) != depth || left._isStaged || right._isStaged)
            throw new ArgumentException($"Expected the two sides of one prefix without staged batches, got {left.Prefix} and {right.Prefix} at {left.RootDepth} and {right.RootDepth} bits.");
        // A page, and a bucket for each key of two: no more than this comes on top of both.
        if (left.UsedBytes + right.UsedBytes + TrieBlocks.MaxJoinUnits * TrieBlocks.UnitBytes > left.MaxBytes) return StageResult.Full;
        var trie = new HeapTrie(left.Trie.Memory, KeyInterval.Append(left.Trie.Prefix, depth, 0), depth);
        merged = new HeapTrieStore(left.MaxBytes, trie);
        if (left.Trie.Memory != right.Trie.Memory)
        {
            merged.CopyFrom(left);
            merged.CopyFrom(right);
        }
        else
        {
            (uint leftRoot, uint rightRoot) = (left.Trie.Root, right.Trie.Root);
            trie.Nodes.Absorb(left.Trie.Nodes);
            trie.Nodes.Absorb(right.Trie.Nodes);
            trie.Values.Absorb(left.Trie.Values);
            trie.Values.Absorb(right.Trie.Values);
            HeapTrieCut.Join(trie, leftRoot, rightRoot);
            (merged._committedRoot, merged._committedCount) = (*trie.RootHash, trie.Count);
        }
        left.Dispose();
        right.Dispose();
        return StageResult.Ok;
    }

    /// <summary>Ends this store and makes one with the same content that shares no memory with any other.</summary>
    public HeapTrieStore Detach()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Revert();
        var own = new HeapTrieStore(MaxBytes, Prefix, RootDepth);
        own.CopyFrom(this);
        Dispose();
        return own;
    }

    /// <summary>A store with the same content that shares no memory with this one.</summary>
    internal HeapTrieStore Copy()
    {
        ObjectDisposedException.ThrowIf(IsDisposed, this);
        Revert();
        var copy = new HeapTrieStore(MaxBytes, Prefix, RootDepth);
        copy.CopyFrom(this);
        return copy;
    }

    private void CopyFrom(HeapTrieStore other)
    {
        const int Batch = 4096;
        var writes = new List<StateWrite>(Batch);
        foreach (StateWrite write in new HeapTriePairs(other.Trie))
        {
            writes.Add(write);
            if (writes.Count == Batch) Flush();
        }
        Flush();

        void Flush()
        {
            Stage(CollectionsMarshal.AsSpan(writes));
            Commit();
            writes.Clear();
        }
    }
}
