namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/Tournament.sol. Of its step verifier it asks what <see cref="StepJudgeContract.Step"/> is.</summary>
internal static class TournamentContract
{
    /// <summary>The rules as the constructor takes them.</summary>
    public const string Rules = "(uint64,uint64,uint64,uint64,uint8,uint8,uint128,uint128,uint128)";

    public static readonly AbiFunction
        Open = new("open(uint64,bytes32,bytes32,bytes32,uint64,bytes32[3],address,bytes32[3],address)", "(uint64)"),
        Join = new("join(uint64,bytes32,bytes32,bytes32,bytes32[])"),
        Form = new("form(uint64,uint32)"),
        Advance = new("advance(uint64,uint32,bytes32,bytes32,bytes32,bytes32)"),
        Seal = new("seal(uint64,uint32,bytes32,bytes32,bytes32,bytes32[])"),
        Step = new("step(uint64,uint32,bool,bytes)"),
        Timeout = new("timeout(uint64,uint32)"),
        Conclude = new("conclude(uint64)"),
        Collect = new("collect(uint64,address)"),
        GameCount = new("gameCount()", "(uint64)"),
        Game = new("game(uint64)", "(uint64,bytes32,bytes32,uint64,uint32,uint32,uint32,uint32,bool,bool,bool)"),
        Entrant = new("entrant(uint64,bytes32)", "(bool,uint32,address,uint16,bool)"),
        MatchesOf = new("matchesOf(uint64,bool,uint32)", "(uint32[])"),
        MatchAt = new("matchAt(uint64,uint32)", "(uint32,uint32,bytes32,bytes32,bytes32,uint8,uint32,bool,bool,uint64)"),
        Bond = new("bond()", "(uint128)");

    public static readonly AbiEvent
        Opened = new("Opened(uint64 indexed,uint64 indexed,bytes32,bytes32,uint64)"),
        Joined = new("Joined(uint64 indexed,uint32 indexed,address indexed,bytes32,bytes32,bytes32)"),
        Formed = new("Formed(uint64 indexed,uint32,uint32)"),
        Moved = new("Moved(uint64 indexed,uint32 indexed,uint8,uint32)"),
        Stepped = new("Stepped(uint64 indexed,uint32 indexed,bool)"),
        TimedOut = new("TimedOut(uint64 indexed,uint32 indexed)"),
        Concluded = new("Concluded(uint64 indexed,bool,uint32)"),
        Collected = new("Collected(uint64 indexed,address indexed,uint128)");

    public static readonly AbiFunction[] Errors =
    [
        new("BadRule(uint256)"), new("NotChain(address)"), new("NoGame(uint64)"), new("JoinedTooLate()"), new("DuplicateClaim()"), new("WrongBond()"),
        new("WrongOpening()"), new("NoMatch()"), new("WrongMove()"), new("OutOfTime()"), new("TooEarly()"), new("WrongWitness()"), new("NothingToDo()"),
        new("Ended()"), new("TransferFailed()"),
    ];
}
