using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.State;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>A proof system without proofs for a payments rollup: a node of its own derives all again, and agrees or does not.</summary>
internal sealed class PaymentProofs(PaymentRollup rollup) : IProofSystem
{
    private readonly HashSet<ProofStatement> _true = [];

    public Digest32 SetupId => Tests.World.Root(17);

    public string OnChainVerifier => "TestProof";

    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        using PaymentNode<KeccakTree> node = rollup.NewNode();
        for (ulong batch = 0; await node.FindAsync(batch, cancellationToken) is { } own; batch++)
            _true.Add(new ProofStatement(own.StartLeaf, StateChainContract.LeafOf(own.StateRoot, own.ExitRoot), own.Head));
        if (!_true.Contains(statement)) throw new ArgumentException("Expected a true statement.", nameof(statement));
        return new byte[] { 1 };
    }

    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => _true.Contains(statement);
}
