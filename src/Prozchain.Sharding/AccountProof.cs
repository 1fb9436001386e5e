using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding;

/// <summary>What a shard's state holds under an address, shown against the state root of a header.</summary>
/// <param name="Header">The header; whoever relies on the proof trusts it from the beacon.</param>
/// <param name="RootDepth">Length in bits of the shard's prefix.</param>
/// <param name="Address">The address.</param>
/// <param name="Account">Its account; the default one for an address that never sent or received.</param>
/// <param name="Proof">The path in the state.</param>
public sealed record AccountProof(ShardHeader Header, int RootDepth, Address Address, Account Account, StateProof Proof)
{
    /// <summary>
    /// True if the header is of the address's shard and the proof leads from the account to its state root. Under the
    /// root of another shard, or at another depth, any address could be shown to hold nothing.
    /// </summary>
    /// <param name="layout">The shards, from a source that the caller trusts.</param>
    public bool Holds(ShardLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return layout.ShardOf(Address) == Header.Shard && layout.TryGetInfo(Header.Shard, out ShardInfo? shard) && shard.Depth == RootDepth
            && Proof.ShowsAccount(Header.StateRoot, RootDepth, Address, Account);
    }
}
