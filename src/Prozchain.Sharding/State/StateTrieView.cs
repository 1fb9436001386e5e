using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>The nodes of a trie of objects.</summary>
internal sealed class StateTrieView(StateTrie? root, int rootDepth) : ITrieView<StateTrie?>
{
    public StateTrie? Root => root;

    public int RootDepth => rootDepth;

    public TrieNode Kind(StateTrie? node) => node switch
    {
        null => TrieNode.Empty,
        StateTrie.Stub => TrieNode.Stub,
        StateTrie.Leaf => TrieNode.Leaf,
        _ => TrieNode.Inner,
    };

    public Bytes32 Hash(StateTrie? node) => node?.Hash ?? default;

    public (StateTrie? Left, StateTrie? Right) Children(StateTrie? node) => (((StateTrie.Inner)node!).Left, ((StateTrie.Inner)node).Right);

    public (Bytes32 Key, Bytes32 ValueHash) Leaf(StateTrie? node) => (((StateTrie.Leaf)node!).Key, ((StateTrie.Leaf)node).ValueHash);

    public bool TryValue(StateTrie? node, out ReadOnlySpan<byte> value)
    {
        ReadOnlyMemory<byte>? held = ((StateTrie.Leaf)node!).Value;
        value = held is { } bytes ? bytes.Span : default;
        return held is not null;
    }
}
