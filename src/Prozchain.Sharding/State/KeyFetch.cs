using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// Brings what lies on the way to some keys into the cache: all ways go on by a block at a time, so that their waits for
/// the memory overlap. Changes nothing but how long finding the keys takes; where a processor cannot fetch ahead, nothing.
/// </summary>
internal static unsafe class KeyFetch
{
    private const int Group = 32;

    public static void Run(HeapTrie trie, ReadOnlySpan<Digest> keys)
    {
        if (!Sse.IsSupported) return;
        fixed (Digest* first = keys)
            for (int from = 0; from < keys.Length; from += Group) Run(trie, first + from, Math.Min(Group, keys.Length - from));
    }

    private static void Run(HeapTrie trie, Digest* keys, int count)
    {
        uint* at = stackalloc uint[Group];
        for (int i = 0; i < count; i++) at[i] = trie.Root;
        for (int pages = count; pages > 0;)
        {
            pages = 0;
            for (int i = 0; i < count; i++)
            {
                if (TrieBlocks.Kind(at[i]) != TrieBlocks.PageKind) continue;
                byte* page = trie.At(at[i]);
                at[i] = TrieBlocks.References(page)[TrieBlocks.Nibble((Bytes32*)(keys + i), TrieBlocks.Depth(page))];
                int kind = TrieBlocks.Kind(at[i]), lines = kind == TrieBlocks.PageKind ? 2 : kind == 0 ? 0 : kind + 1;
                for (int line = 0; line < lines; line++) Sse.Prefetch0(trie.At(at[i]) + line * TrieBlocks.UnitBytes);
                if (kind == TrieBlocks.PageKind) pages++;
            }
        }
        for (int i = 0; i < count; i++)
        {
            byte* bucket = trie.At(at[i]);
            for (int entry = 0; entry < TrieBlocks.Kind(at[i]); entry++)
                if (*(ulong*)TrieBlocks.Key(bucket, entry) == *(ulong*)(keys + i)) Sse.Prefetch0(trie.Value(bucket, entry));
        }
    }
}
