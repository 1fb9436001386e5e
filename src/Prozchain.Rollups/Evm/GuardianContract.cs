namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/Guardian.sol.</summary>
internal static class GuardianContract
{
    public const ulong PauseSeconds = 48 * 3600, CooldownSeconds = 48 * 3600, GraceSeconds = 14 * 24 * 3600;
    public const int LeastMembers = 8;

    public static readonly AbiFunction
        Paused = new("paused()", "(bool)"),
        PausedUntil = new("pausedUntil()", "(uint64)"),
        Quorum = new("quorum()", "(uint256)"),
        Pause = new("pause()"),
        ApprovePause = new("approvePause(bytes32)"),
        ApproveUnpause = new("approveUnpause(bytes32)"),
        ApproveCall = new("approveCall(address,bytes,bytes32)"),
        TakeBack = new("takeBack(bytes32)"),
        Execute = new("execute(address,bytes,bytes32)"),
        ReadyAt = new("readyAt(bytes32)", "(uint64)"),
        ActionId = new("actionId(uint8,address,bytes,bytes32)", "(bytes32)");

    public static readonly AbiEvent
        PausedEvent = new("Paused(address indexed,uint64)"),
        UnpausedEvent = new("Unpaused()"),
        Approved = new("Approved(bytes32 indexed,address indexed,uint256)"),
        Scheduled = new("Scheduled(bytes32 indexed,address indexed,bytes,uint64)"),
        CalledOff = new("CalledOff(bytes32 indexed)"),
        Executed = new("Executed(bytes32 indexed)");

    public static readonly AbiFunction[] Errors =
    [
        new("NotDeputy(address)"), new("NotMember(address)"), new("CoolingDown(uint64)"), new("TooFewMembers(uint256,uint256)"), new("NotAMember(address)"),
        new("AlreadyApproved(bytes32)"), new("NotApproved(bytes32)"), new("NotReady(uint64)"), new("CallFailed(bytes)"),
    ];

    private static readonly AbiType s_action = AbiType.Parse("(address,uint8,address,bytes32,bytes32)");

    /// <summary>The name of an action: 0 to pause, 1 to end a pause, 2 to call.</summary>
    public static Digest32 IdOf(L1Address guardian, ulong kind, L1Address target, ReadOnlySpan<byte> data, Digest32 salt) => AbiCodec.Hash(
        s_action, guardian, kind, target, new Digest32(Hashing.Keccak(data)), salt);
}
