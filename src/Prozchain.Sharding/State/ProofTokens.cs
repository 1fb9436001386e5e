using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Sharding.State;

/// <summary>
/// The described part of a trie being written, from the root down, left before right: two bits a node, then what the
/// stubs and leaves hold. Wire form: docs/formats/sharding-witness.md.
/// </summary>
internal sealed class ProofTokens
{
    private readonly List<TrieNode> _nodes = [];
    private readonly ArrayBufferWriter<byte> _held = new();

    public int Bytes => _nodes.Count / 4 + _held.WrittenCount;

    public void Empty() => _nodes.Add(TrieNode.Empty);

    public void Inner() => _nodes.Add(TrieNode.Inner);

    public void Stub(in Bytes32 hash)
    {
        _nodes.Add(TrieNode.Stub);
        new WireWriter(_held).WriteBytes32(hash);
    }

    public void Leaf(in Bytes32 key, in Bytes32 valueHash)
    {
        _nodes.Add(TrieNode.Leaf);
        var writer = new WireWriter(_held);
        writer.WriteBytes32(key);
        writer.WriteVarint(0);
        writer.WriteBytes32(valueHash);
    }

    public void Leaf(in Bytes32 key, ReadOnlySpan<byte> value)
    {
        _nodes.Add(TrieNode.Leaf);
        var writer = new WireWriter(_held);
        writer.WriteBytes32(key);
        writer.WriteVarint((ulong)value.Length + 1);
        writer.WriteSpan(value);
    }

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)_nodes.Count);
        for (int i = 0; i < _nodes.Count; i += 4)
        {
            int packed = 0;
            for (int j = i; j < Math.Min(i + 4, _nodes.Count); j++) packed |= (int)_nodes[j] << (2 * (j - i));
            writer.WriteByte((byte)packed);
        }
        writer.WriteSpan(_held.WrittenSpan);
    }
}
