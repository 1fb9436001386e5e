namespace Prozchain.Rollups.Evm;

/// <summary>Calls and events of contracts/src/DataChallenge.sol.</summary>
internal static class DataChallengeContract
{
    public const ulong LeastWindow = 6 * 3600;

    /// <summary>Items of a piece of a list, and their length at most.</summary>
    public const int Piece = 16, MaxItemBytes = 8_192;

    /// <summary>What the number of a challenge of a piece of the list starts from.</summary>
    public const ulong List = 1UL << 63;

    private const string Batch = "(bytes32,uint8,bytes32,uint64,bytes32,uint256,uint256)";

    public static readonly AbiFunction
        Challenge = new($"challenge(uint64,{Batch},uint64)"),
        ChallengeList = new($"challengeList(uint64,{Batch},uint64)"),
        Answer = new($"answer(uint64,uint64,uint64,bytes32,{InboxContract.List},bytes,bytes32[])"),
        AnswerList = new($"answerList(uint64,uint64,bytes32,{InboxContract.List},bytes[],bytes32[])"),
        Expire = new("expire(uint64,uint64)"),
        Collect = new("collect()"),
        ChallengeWindow = new("challengeWindow()", "(uint64)"),
        ResponseWindow = new("responseWindow()", "(uint64)"),
        Bond = new("bond()", "(uint128)"),
        IsWithheld = new("isWithheld(uint64)", "(bool)"),
        Owed = new("owed(address)", "(uint256)");

    public static readonly AbiEvent
        Challenged = new("Challenged(uint64 indexed,uint64 indexed,address indexed,bytes32,uint64)"),
        Answered = new("Answered(uint64 indexed,uint64 indexed,address indexed)"),
        Withheld = new("Withheld(uint64 indexed,uint64,uint64)"),
        ItemsShown = new("ItemsShown(uint64 indexed,uint64 indexed,bytes[])");

    public static readonly AbiFunction[] Errors =
    [
        new("WindowTooShort(uint64,uint64)"), new("WrongBatch()"), new("NotOffChain(uint8)"), new("TooLate(uint64)"), new("TooEarly(uint64)"),
        new("WrongBond(uint256,uint256)"), new("AlreadyChallenged(uint64,uint64)"), new("NotChallenged(uint64,uint64)"), new("WrongCommitment()"), new("WrongChunk()"), new("WrongItems()"),
        new("Nothing()"), new("TransferFailed()"),
    ];
}
