using System.Collections;

namespace Prozchain.Sharding.State;

/// <summary>The pairs of a heap trie in the order of their keys, each value copied; the trie does not change meanwhile.</summary>
internal sealed unsafe class HeapTriePairs(HeapTrie trie) : IEnumerable<StateWrite>
{
    public IEnumerator<StateWrite> GetEnumerator() => Below(trie.Root).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<StateWrite> Below(uint root)
    {
        var pending = new Stack<uint>();
        pending.Push(root);
        while (pending.TryPop(out uint reference))
        {
            int kind = TrieBlocks.Kind(reference);
            if (kind == TrieBlocks.PageKind)
                for (int i = TrieBlocks.Fanout - 1; i >= 0; i--) pending.Push(Child(reference, i));
            else
                for (int i = 0; i < kind; i++) yield return Pair(reference, i);
        }
    }

    private uint Child(uint page, int index) => TrieBlocks.References(trie.At(page))[index];

    private StateWrite Pair(uint reference, int index)
    {
        byte* bucket = trie.At(reference);
        var value = new ReadOnlySpan<byte>(trie.Value(bucket, index), TrieBlocks.Lengths(bucket)[index]);
        return new StateWrite(new Digest(*TrieBlocks.Key(bucket, index)), value.ToArray());
    }
}
