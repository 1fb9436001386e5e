using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>
/// The proof system of contracts/test/TestWord.sol: who proves has executed the batch again, and gives its word. Also for
/// payments, which no contract of a test can execute.
/// </summary>
internal sealed class WordProofs(L1Address witness, Secp256k1Signer? signer = null, IClaimSource? source = null) : IProofSystem
{
    public Digest32 SetupId => World.Root(8);

    public string OnChainVerifier => "TestWord";

    public async ValueTask<ReadOnlyMemory<byte>> ProveAsync(ProofStatement statement, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        for (ulong batch = 0; await source!.FindAsync(batch, cancellationToken) is { } own; batch++)
        {
            if (own.Head != statement.BatchHead) continue;
            if (own.StartLeaf != statement.StartLeaf || Hashing.Pair(own.StateRoot, own.ExitRoot) != statement.FinalLeaf) break;
            return await L1Signature.SignAsync(signer!, Digest(statement), cancellationToken);
        }
        throw new ArgumentException("Expected a true statement about a batch that is there.", nameof(statement));
    }

    public bool Verify(in ProofStatement statement, ReadOnlySpan<byte> proof) => L1Signature.Recover(Digest(statement), proof) == witness;

    private static Digest32 Digest(in ProofStatement statement) =>
        new(Hashing.Keccak([.. statement.StartLeaf.Span, .. statement.FinalLeaf.Span, .. statement.BatchHead.Span]));
}
