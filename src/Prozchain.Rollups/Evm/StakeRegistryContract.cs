namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/StakeRegistry.sol.</summary>
internal static class StakeRegistryContract
{
    public static readonly AbiFunction
        Stake = new("stake()"),
        Unstake = new("unstake(uint128)"),
        Withdraw = new("withdraw()"),
        Slash = new("slash(address,uint128,address)", "(uint128)"),
        Collect = new("collect()"),
        IsStaked = new("isStaked(address)", "(bool)"),
        Rewards = new("rewards(address)", "(uint256)"),
        Stakes = new("stakes(address)", "(uint128,uint128,uint64)");

    public static readonly AbiEvent
        Staked = new("Staked(address indexed,uint128,uint128)"),
        Leaving = new("Leaving(address indexed,uint128,uint64)"),
        Left = new("Left(address indexed,uint128)"),
        Slashed = new("Slashed(address indexed,address indexed,address indexed,uint128,uint128)");

    public static readonly AbiFunction[] Errors =
    [
        new("NotJudge(address)"), new("TooLittle(uint256,uint256)"), new("StillBonded(uint64)"), new("Nothing()"), new("TransferFailed()"),
    ];
}
