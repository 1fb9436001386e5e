namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/EscapeHatch.sol.</summary>
internal static class EscapeHatchContract
{
    public static readonly AbiFunction
        Freeze = new("freeze()"),
        Escape = new("escape((uint8,bytes32,bytes,bytes),bytes32[],uint32,uint128,bytes32[],address,bytes)"),
        ShowBatch = new("showBatch(bytes32,uint8,bytes32,uint64,bytes32,uint256,uint256)"),
        Reclaim = new("reclaim(uint64,uint32,uint128,uint8,bytes32,address,uint256,uint256)"),
        Frozen = new("frozen()", "(bool,uint64)"),
        StateRoot = new("stateRoot()", "(bytes32)"),
        Delay = new("delay()", "(uint64)"),
        Hasher = new("hasher()", "(address)"),
        Authorizer = new("authorizer()", "(address)"),
        HasLeft = new("hasLeft(bytes32)", "(bool)"),
        LeastDelay = new("leastDelay((uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64))", "(uint64)");

    public static readonly AbiEvent
        FrozenAt = new("FrozenAt(uint64,bytes32)"),
        ForcedKnown = new("ForcedKnown(uint64)"),
        Escaped = new("Escaped(bytes32 indexed,address indexed,uint32,uint128)"),
        Reclaimed = new("Reclaimed(uint64 indexed,address indexed,uint32,uint128)");

    public static readonly AbiFunction[] Errors =
    [
        new("TooShort(uint64,uint64)"), new("BadClocks()"), new("NotYet(uint64)"), new("AlreadyFrozen()"), new("NotFrozen()"), new("NoRoot(uint64)"), new("WrongBatch()"),
        new("WrongDeposit()"), new("NotInState()"), new("WrongKey()"), new("BadSignature()"), new("AlreadyLeft()"), new("OutOfGas()"),
    ];

    private static readonly AbiType s_message = AbiType.Parse("(string,uint256,address,uint8,bytes32,address)");

    /// <summary>What an owner signs to leave.</summary>
    public static byte[] Message(ulong chainId, L1Address hatch, AbiValue scheme, AbiValue digest, L1Address recipient) =>
        AbiCodec.Encode(s_message, AbiValue.Of("Prozchain escape v0"), chainId, hatch, scheme, digest, recipient);
}
