using Prozchain.Rollups.Evm;
using Prozchain.Shared;
using C = Prozchain.Rollups.Evm.Ed25519Contract;

namespace Prozchain.Rollups.Settlement;

/// <summary>contracts/src/Ed25519.sol in process.</summary>
internal sealed class Ed25519Twin : ContractTwin<Ed25519Twin.Storage>
{
    public Ed25519Twin() => On(C.Verify, (_, arguments) =>
        [Ed25519.Verify(arguments[0].Word.Span, arguments[1].Bytes.Span, [.. arguments[2][0].Word.Span, .. arguments[2][1].Word.Span])]);

    public override object Genesis => new Storage();

    protected override IReadOnlyList<AbiFunction> Errors => C.Errors;

    internal sealed record Storage;
}
