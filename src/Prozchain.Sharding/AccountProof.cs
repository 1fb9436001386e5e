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
    /// <summary>True if the proof leads from the account to the header's state root.</summary>
    public bool Holds() => Proof.ShowsAccount(Header.StateRoot, RootDepth, Address, Account);
}
