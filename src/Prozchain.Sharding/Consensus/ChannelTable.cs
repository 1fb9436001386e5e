using System.Buffers.Binary;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Consensus;

/// <summary>
/// A shard's channel numbers: for each other shard the sequence of the last bundle sent and of the last one applied.
/// Kept in a trie of its own, so that the tree of accounts stays a pure subtree of the whole. Entry: key = digest of
/// the other shard's id, value = sent, received (8 bytes each, little-endian).
/// </summary>
internal sealed class ChannelTable
{
    private readonly TrieStore _store = new();

    public Digest Root => _store.Root;

    public ulong Sent(ShardId other) => Get(other).Sent;

    public ulong Received(ShardId other) => Get(other).Received;

    public Digest Stage(IReadOnlyDictionary<ShardId, Channel> changes)
    {
        var writes = new StateWrite[changes.Count];
        int at = 0;
        foreach ((ShardId other, Channel channel) in changes)
        {
            var value = new byte[2 * sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(value, channel.Sent);
            BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(sizeof(ulong)), channel.Received);
            writes[at++] = new StateWrite(Key(other), value);
        }
        return _store.Stage(writes);
    }

    public void Commit() => _store.Commit();

    public Channel Get(ShardId other) => _store.TryGet(Key(other), out ReadOnlySpan<byte> value)
        ? new Channel(BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(ulong)..]))
        : default;

    private static Digest Key(ShardId other)
    {
        Span<byte> id = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(id, other.Value);
        return new Digest(Domains.Channel.Hash(id));
    }

    public readonly record struct Channel(ulong Sent, ulong Received);
}
