using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>Applies the writes of a batch that one bucket gets to its entries. Allocates nothing.</summary>
internal sealed unsafe class BucketUpdate(HeapTrie trie)
{
    private StateBatch _batch = null!;
    private StateBatch? _undo;

    /// <summary>What is applied next; the undo gets what it replaces.</summary>
    public void Begin(StateBatch batch, StateBatch? undo) => (_batch, _undo) = (batch, undo);

    /// <summary>Makes the bucket what the writes want, or tells that it would be of too many keys; then it is as it was.</summary>
    /// <param name="made">The bucket in its stead; it may be the same one.</param>
    public bool TryApply(in BucketTask task, out uint made)
    {
        int count = TrieBlocks.Kind(task.Reference), final = count;
        byte* bucket = trie.At(task.Reference);
        bool inPlace = true;
        for (int i = task.Start, at = 0; i < task.End; i++)
        {
            bool found = Seek(bucket, count, i, ref at), deletes = _batch.Length(i) == StateBatch.Absent;
            inPlace &= found && !deletes;
            if (found && deletes) final--;
            if (!found && !deletes) final++;
        }
        made = inPlace ? Replace(task, count) : final <= TrieBlocks.MaxBucket ? Rebuild(task, bucket, count, final) : 0;
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

    private uint Replace(in BucketTask task, int count)
    {
        uint own = trie.Own(task.Reference);
        byte* bucket = trie.At(own);
        for (int i = task.Start, at = 0; i < task.End; i++)
        {
            Seek(bucket, count, i, ref at);
            Remember(i, bucket, at);
            SetValue(bucket, at, i, TrieBlocks.ValueUnits(TrieBlocks.Lengths(bucket)[at]));
        }
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
            Remember(i, found ? old : null, at);
            if (_batch.Length(i) == StateBatch.Absent)
            {
                if (found) GiveValue(old, at++);
                continue;
            }
            if (found) HeapTrie.MoveEntry(old, at++, bucket, place);
            else
            {
                *TrieBlocks.Key(bucket, place) = *_batch.Key(i);
                TrieBlocks.Lengths(bucket)[place] = 0;
                TrieBlocks.Values(bucket)[place] = 0;
            }
            SetValue(bucket, place, i, TrieBlocks.ValueUnits(TrieBlocks.Lengths(bucket)[place]));
            place++;
        }
        for (; at < count; at++) HeapTrie.MoveEntry(old, at, bucket, place++);
        trie.Give(task.Reference);
        return made;
    }

    private void SetValue(byte* bucket, int at, int i, int units)
    {
        int length = _batch.Length(i), need = TrieBlocks.ValueUnits(length);
        uint* values = TrieBlocks.Values(bucket);
        if (units != need || units > 0 && !trie.Values.IsOwn(values[at]))
        {
            if (units > 0) trie.Values.Give(values[at], units);
            values[at] = need > 0 ? trie.Values.Take(need) : 0;
        }
        if (length > 0) StateBatch.CopyUnits(trie.Values.At(values[at]), _batch.Value(i), length);
        TrieBlocks.Lengths(bucket)[at] = (ushort)length;
        *TrieBlocks.Leaf(bucket, at) = *_batch.Leaf(i);
    }

    private void GiveValue(byte* bucket, int at)
    {
        int units = TrieBlocks.ValueUnits(TrieBlocks.Lengths(bucket)[at]);
        if (units > 0) trie.Values.Give(TrieBlocks.Values(bucket)[at], units);
    }

    private void Remember(int i, byte* bucket, int at)
    {
        if (_undo is null) return;
        if (bucket is null) _undo.SetAbsent(i, _batch.Key(i));
        else _undo.Set(i, _batch.Key(i), TrieBlocks.Leaf(bucket, at), trie.Value(bucket, at), TrieBlocks.Lengths(bucket)[at]);
    }
}
