using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.State;

namespace Prozchain.Rollups.Settlement;

/// <summary>A contract of the host's that hashes as its state's tree does.</summary>
internal sealed class HostedHash<THash> : ContractTwin<HostedNothing> where THash : IStateHash
{
    // As long as the messages of the port, with their domain.
    private const int MaxMessage = 1 + 1_024;

    public HostedHash() => On(ProfileViews.Hash, (_, a) => a[0].Bytes.Span is { Length: > 0 and <= MaxMessage } message
        ? [new Digest32(TreeHash<THash>.Hash(message[0], message[1..]))]
        : throw new ContractRevert([]));

    public override object Genesis => HostedNothing.Value;

    protected override IReadOnlyList<AbiFunction> Errors => [];
}

/// <summary>A contract of the host's that checks signatures as its rollup does.</summary>
internal sealed class HostedSignatures : ContractTwin<HostedNothing>
{
    public HostedSignatures(ISignatureVerifier verifier) => On(ProfileViews.Check, (_, a) => [verifier.Verify(a[0].Bytes.Span, a[1].Bytes.Span, a[2].Bytes.Span)]);

    public override object Genesis => HostedNothing.Value;

    protected override IReadOnlyList<AbiFunction> Errors => [];
}

/// <summary>A contract of the host's that checks the proofs of a system.</summary>
internal sealed class HostedProofs : ContractTwin<HostedNothing>
{
    public HostedProofs(IProofSystem proofs) => On(ProofVerifierContract.Verify, (_, a) => [proofs.Verify(new ProofStatement(a[0].ToDigest(), a[1].ToDigest(), a[2].ToDigest()), a[3].Bytes.Span)]);

    public override object Genesis => HostedNothing.Value;

    protected override IReadOnlyList<AbiFunction> Errors => [];
}

/// <summary>The storage of what keeps nothing.</summary>
internal sealed record HostedNothing
{
    public static HostedNothing Value { get; } = new();
}
