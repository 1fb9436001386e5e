using System.Collections.Immutable;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Settlement;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A proof system without proofs for any rollup: it seals what a node that executed the batch again knows to be true, and contracts/test/TestSeal.sol knows the seal.</summary>
internal sealed class SealedProofs(IClaimSource node, int height) : IProofSystem
{
    public static readonly Digest32 Key = World.Root(77);

    private static readonly AbiType s_sealed = AbiType.Parse("(bytes32,bytes32,bytes32,bytes32)");

    public int Made { get; private set; }

    public Digest32 SetupId => World.Root(8);

    public string OnChainVerifier => "TestSeal";

    public static Digest32 Seal(Digest32 key, Digest32 start, Digest32 final, Digest32 head) => AbiCodec.Hash(s_sealed, key, start, final, head);

    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        for (ulong batch = 0; await node.FindAsync(batch, cancellationToken) is { } own; batch++)
        {
            if (own.Head != statement.BatchHead) continue;
            ClaimTree tree = ClaimProposer.TreeOf(own, height);
            Digest32 start = statement.From == 0 ? own.StartLeaf : tree.Leaf(statement.From - 1);
            Digest32 final = statement.To == 0 ? C.LeafOf(own.StateRoot, own.ExitRoot) : tree.Leaf(statement.To - 1);
            if (start != statement.StartLeaf || final != statement.FinalLeaf) break;
            Made++;
            return Seal(Key, start, final, statement.Head).Span.ToArray();
        }
        throw new ArgumentException("Expected a true statement about a batch that is known.", nameof(statement));
    }

    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => proof.SequenceEqual(Seal(Key, statement.StartLeaf, statement.FinalLeaf, statement.Head).Span);
}

/// <summary>contracts/test/TestSeal.sol in process.</summary>
internal sealed class TestSealTwin : ContractTwin<ImmutableList<int>>
{
    public TestSealTwin(Digest32 key) =>
        On(ProofVerifierContract.Verify, (_, a) => [a[3].Bytes.Span.SequenceEqual(SealedProofs.Seal(key, a[0].ToDigest(), a[1].ToDigest(), a[2].ToDigest()).Span)]);

    public override object Genesis => ImmutableList<int>.Empty;

    protected override IReadOnlyList<AbiFunction> Errors => [];
}
