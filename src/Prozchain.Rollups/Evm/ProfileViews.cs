namespace Prozchain.Rollups.Evm;

/// <summary>What contracts/src/EscapeHatch.sol asks of the contracts that a rollup's profile names.</summary>
internal static class ProfileViews
{
    public static readonly AbiFunction
        Hash = new("hash(bytes)", "(bytes32)"),
        Check = new("check(bytes,bytes,bytes)", "(bool)");
}
