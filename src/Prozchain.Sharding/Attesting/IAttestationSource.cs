using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Attesting;

/// <summary>Where a proposer gets attestations from.</summary>
internal interface IAttestationSource
{
    /// <summary>True if so much waits for attestation that a block should add no more.</summary>
    bool IsFull { get; }

    /// <summary>What a block on top of another should hold: what releases value there.</summary>
    IEnumerable<AttestationCertificate> For(ulong height, ExecutedNode parent);
}
