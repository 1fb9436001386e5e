using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Attesting;

/// <summary>Which attestations a block may hold, besides that they are signed.</summary>
internal static class AttestationRules
{
    /// <summary>The most of one body: that many certificates are checked before a vote.</summary>
    public const int MaxPerBody = 16;

    /// <summary>True if a block with this header may hold it: of another shard, or about blocks of this run below its parent.</summary>
    public static bool IsPossible(in Attestation statement, MicroHeader block) =>
        statement.ChainId == block.ChainId && (statement.Shard != block.Shard || (statement.Epoch == block.Epoch && statement.LastHeight + 1 < block.Height));
}
