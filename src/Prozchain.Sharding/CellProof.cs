using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding;

/// <summary>What a shard's state holds under a key, shown against a sealed state root; <see cref="AccountProof"/> where the cell is an account.</summary>
/// <param name="Key">The key.</param>
/// <param name="Value">What it holds; null for nothing.</param>
/// <param name="Cells">Root of the shard's cells, under the state root.</param>
/// <param name="Channels"><see cref="MachineState.ChannelsDigest"/> beside it.</param>
/// <param name="Atomic"><see cref="MachineState.AtomicDigest"/> beside it.</param>
/// <param name="Proof">The path in the cells.</param>
public sealed record CellProof(Digest Key, ReadOnlyMemory<byte>? Value, Digest Cells, Digest Channels, Digest Atomic, StateProof Proof)
{
    /// <summary>
    /// True if the key is the shard's and the proof leads from the value to the state root. Under the root of another
    /// shard, or at another depth, any key could be shown to hold nothing.
    /// </summary>
    /// <param name="stateRoot">The sealed root, from a header that the caller trusts.</param>
    /// <param name="shard">The shard of that header, from a layout that the caller trusts.</param>
    public bool Holds(in Digest stateRoot, ShardInfo shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        return shard.Contains(Key) && MachineState.StateRoot(Cells, Channels, Atomic) == stateRoot
            && (Value is { } value ? Proof.Shows(Cells, shard.Depth, Key, value.Span) : Proof.ShowsAbsent(Cells, shard.Depth, Key));
    }
}
