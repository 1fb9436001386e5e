using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding;

/// <summary>What a shard's state holds under a key, shown against the state root of a sealing header.</summary>
/// <param name="Header">The header; whoever relies on the proof trusts it from elsewhere.</param>
/// <param name="RootDepth">Length in bits of the shard's prefix.</param>
/// <param name="Key">The key.</param>
/// <param name="Value">What it holds; null for nothing.</param>
/// <param name="CellsRoot">Root of the shard's cells.</param>
/// <param name="ChannelsDigest">Digest of its channels.</param>
/// <param name="AtomicDigest">Digest of its atomic transactions.</param>
/// <param name="Proof">The path in the cells.</param>
public sealed record CellProof(
    MicroHeader Header, int RootDepth, Digest Key, ReadOnlyMemory<byte>? Value, Digest CellsRoot, Digest ChannelsDigest, Digest AtomicDigest, StateProof Proof)
{
    /// <summary>
    /// True if the header is of the key's shard and the proof leads from the value to its state root. Under the root of
    /// another shard, or at another depth, any key could be shown to hold nothing.
    /// </summary>
    /// <param name="layout">The shards, from a source that the caller trusts.</param>
    public bool Holds(ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return layout.ShardOf(Key) == Header.Shard && layout.TryGetInfo(Header.Shard, out ShardInfo? shard) && shard.Depth == RootDepth
            && MachineState.StateRoot(CellsRoot, ChannelsDigest, AtomicDigest) == Header.StateRoot
            && (Value is { } value ? Proof.Shows(CellsRoot, RootDepth, Key, value.Span) : Proof.ShowsAbsent(CellsRoot, RootDepth, Key));
    }
}
