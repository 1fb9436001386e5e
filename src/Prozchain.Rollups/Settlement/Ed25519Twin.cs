using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;
using C = Prozchain.Rollups.Evm.Ed25519Contract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/Ed25519.sol in process.</summary>
internal sealed class Ed25519Twin : ContractTwin<Ed25519Twin.Storage>
{
    private readonly Ed25519Verifier _verifier = new();

    public Ed25519Twin()
    {
        On(C.Verify, (_, arguments) => [Ed25519.Verify(arguments[0].Word.Span, arguments[1].Bytes.Span, [.. arguments[2][0].Word.Span, .. arguments[2][1].Word.Span])]);
        On(C.Check, (_, arguments) => [_verifier.Verify(arguments[0].Bytes.Span, arguments[1].Bytes.Span, arguments[2].Bytes.Span)]);
    }

    public override object Genesis => new Storage();

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    internal sealed record Storage;
}
