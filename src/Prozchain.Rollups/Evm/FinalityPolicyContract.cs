namespace Prozchain.Rollups.Evm;

/// <summary>Calls and errors of contracts/src/FinalityPolicy.sol.</summary>
internal static class FinalityPolicyContract
{
    /// <summary>Rules of one table at most.</summary>
    public const int MaxRules = 32;

    public static readonly AbiFunction
        Check = new("check(uint8,uint64,uint64,uint32,uint128)"),
        Requirement = new("requirement(uint8,uint32,uint128)", "(uint8)"),
        RuleCount = new("ruleCount()", "(uint256)"),
        Rules = new("rules(uint256)", "(uint8,uint32,uint128,uint8)");

    public static readonly AbiFunction[] Errors = [new("MustBeProven(uint64,uint64)"), new("NotYet(uint64)"), new("WrongRule(uint256)"), new("TooMany(uint256)")];
}
