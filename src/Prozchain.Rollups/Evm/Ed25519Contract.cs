namespace Prozchain.Rollups.Evm;

/// <summary>Calls of contracts/src/Ed25519.sol.</summary>
internal static class Ed25519Contract
{
    public static readonly AbiFunction
        Verify = new("verify(bytes32,bytes,bytes32[2])", "(bool)"),
        Check = ProfileViews.Check;

    public static readonly AbiFunction[] Errors = [new("OutOfGas()")];
}
