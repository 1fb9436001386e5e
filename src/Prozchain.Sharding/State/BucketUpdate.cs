using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>Exchanges the writes of a batch that one bucket gets for its entries. Allocates nothing.</summary>
internal sealed unsafe class BucketUpdate(HeapTrie trie) : IDisposable
{
    private readonly NativeBuffer<byte> _value = new();
    private StateBatch _batch = null!;

    /// <summary>What is applied next.</summary>
    public void Begin(StateBatch batch) => _batch = batch;

    public void Dispose() => _value.Dispose();

    /// <summary>Makes the bucket what the writes want, or tells that it would be of too many keys; then it is as it was.</summary>
    /// <param name="made">The bucket in its stead; it may be the same one.</param>
    public bool TryApply(in BucketTask task, out uint made)
    {
        int count = TrieBlocks.Kind(task.Reference), final = count;
        byte* bucket = trie.At(task.Reference);
        int* places = stackalloc int[TrieBlocks.MaxBucket];
        bool inPlace = true;
        for (int i = task.Start, at = 0; i < task.End; i++)
        {
            bool found = Seek(bucket, count, i, ref at), deletes = _batch.Length(i) == StateBatch.Absent;
            inPlace &= found && !deletes;
            if (inPlace) places[i - task.Start] = at;
            if (found && deletes) final--;
            if (!found && !deletes) final++;
        }
        made = inPlace ? Replace(task, places) : final <= TrieBlocks.MaxBucket ? Rebuild(task, bucket, count, final) : 0;
        return final <= TrieBlocks.MaxBucket;
    }

    // Moves on to the place of the i-th write; true if its key is there.
    private bool Seek(byte* bucket, int count, int i, ref int at)
    {
        while (at < count)
        {
            int order = TrieBlocks.Key(bucket, at)->CompareTo(*_batch.Key(i));
            if (order == 0) return true;
            if (order > 0) return false;
            at++;
        }
        return false;
    }

    private uint Replace(in BucketTask task, int* places)
    {
        uint own = trie.Own(task.Reference);
        byte* bucket = trie.At(own);
        for (int i = task.Start; i < task.End; i++) Exchange(bucket, places[i - task.Start], i);
        return own;
    }

    private uint Rebuild(in BucketTask task, byte* old, int count, int final)
    {
        uint made = trie.TakeBucket(final);
        byte* bucket = trie.At(made);
        int at = 0, place = 0;
        for (int i = task.Start; i < task.End; i++)
        {
            int from = at;
            bool found = Seek(old, count, i, ref at);
            for (; from < at; from++) HeapTrie.MoveEntry(old, from, bucket, place++);
            if (_batch.Length(i) == StateBatch.Absent)
            {
                if (found) Remove(old, at++, i);
                else _batch.SetAbsent(i);
                continue;
            }
            if (found)
            {
                HeapTrie.MoveEntry(old, at++, bucket, place);
                Exchange(bucket, place++, i);
            }
            else
            {
                *TrieBlocks.Key(bucket, place) = *_batch.Key(i);
                Put(bucket, place++, _batch.Leaf(i), _batch.Value(i), _batch.Length(i));
                _batch.SetAbsent(i);
            }
        }
        for (; at < count; at++) HeapTrie.MoveEntry(old, at, bucket, place++);
        trie.Give(task.Reference);
        return made;
    }

    private void Exchange(byte* bucket, int at, int i)
    {
        ref ushort length = ref TrieBlocks.Lengths(bucket)[at];
        uint block = TrieBlocks.Values(bucket)[at];
        if (StateBatch.Units(length) == StateBatch.Units(_batch.Length(i)) && (length == 0 || trie.Values.IsOwn(block)))
        {
            _batch.Exchange(i, TrieBlocks.Leaf(bucket, at), trie.Values.At(block), ref length);
            return;
        }
        int given = _batch.Length(i);
        Bytes32 leaf = *_batch.Leaf(i);
        _value.Reserve(StateWrite.MaxValueBytes);
        StateBatch.CopyUnits(_value.Items, _batch.Value(i), given);
        Remove(bucket, at, i);
        Put(bucket, at, &leaf, _value.Items, given);
    }

    // The write gets what the bucket has.
    private void Remove(byte* bucket, int at, int i)
    {
        int length = TrieBlocks.Lengths(bucket)[at], units = TrieBlocks.ValueUnits(length);
        _batch.Set(i, TrieBlocks.Leaf(bucket, at), trie.Value(bucket, at), length);
        if (units > 0) trie.Values.Give(TrieBlocks.Values(bucket)[at], units);
    }

    private void Put(byte* bucket, int at, Bytes32* leaf, byte* value, int length)
    {
        int units = TrieBlocks.ValueUnits(length);
        uint block = units > 0 ? trie.Values.Take(units) : 0;
        if (units > 0) StateBatch.CopyUnits(trie.Values.At(block), value, length);
        TrieBlocks.Values(bucket)[at] = block;
        TrieBlocks.Lengths(bucket)[at] = (ushort)length;
        *TrieBlocks.Leaf(bucket, at) = *leaf;
    }
}
