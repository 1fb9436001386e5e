namespace Prozchain.Rollups.Evm;

/// <summary>Calls of contracts/src/StepJudge.sol.</summary>
internal static class StepJudgeContract
{
    private const string
        HeaderName = "(bytes32,uint64,uint8,bytes32,uint64,bytes32,uint256,uint256)", LinkName = "(bytes32,bytes32,uint256,uint256)", ListName = "(bytes32,bytes32,uint64,uint64)";

    /// <summary>The witness: header of the batch, header of the one before, list, links to a forced item, who queued it, siblings in the list, the step.</summary>
    public static readonly AbiType
        Opening = AbiType.Parse($"(({HeaderName},{HeaderName},{ListName},{LinkName}[],address,bytes32[],{StepVerifierContract.Step}))"),
        Header = AbiType.Parse(HeaderName),
        Link = AbiType.Parse(LinkName),
        List = AbiType.Parse(ListName);

    public static readonly AbiFunction
        Step = new("step(bytes32,bytes32,uint64,bytes32,bytes)", "(bool)"),
        Verifier = new("verifier()", "(address)"),
        Bridge = new("bridge()", "(address)"),
        Challenges = new("challenges()", "(address)");

    public static readonly AbiFunction[] Errors =
        [new("WrongHeader(bytes32,bytes32)"), new("WrongList()"), new("WrongLink(uint256)"), new("WrongPath()"), new("WrongKind()")];
}
