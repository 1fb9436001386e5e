namespace Prozchain.Rollups.Evm;

/// <summary>Calls, events and hashes of contracts/src/ProvenChain.sol, besides those of the Inbox.</summary>
internal static class ProvenChainContract
{
    /// <summary>A record as calls name it: final leaf, time.</summary>
    public const string Link = "(bytes32,uint64)";

    public static readonly AbiFunction
        Multicall = new("multicall(bytes[])"),
        Prove = new($"prove({Link}[],bytes32,bytes32,bytes32,uint32[],bytes[])"),
        FinalizeBatches = new($"finalize({Link}[],bytes32)"),
        Publish = new($"publish({Link}[],bytes32,bytes32,bytes32)"),
        Restart = new($"restart({Link}[],bytes32)"),
        IsFinal = new("isFinal(uint64)", "(bool)"),
        StateRoot = new("stateRoot(uint64)", "(bytes32)"),
        ExitRoot = new("exitRoot(uint64)", "(bytes32)"),
        LastFinal = new("lastFinal()", "(uint64,uint64,bool)"),
        LastFinalAt = new("lastFinalAt()", "(uint64)"),
        ProvenCount = new("provenCount()", "(uint64)"),
        FinalCount = new("finalCount()", "(uint64)"),
        Tip = new("tip()", "(bytes32)"),
        GenesisLeaf = new("genesisLeaf()", "(bytes32)"),
        ProofDelay = new("proofDelay()", "(uint64)"),
        Proofs = new("proofs()", "(address)");

    public static readonly AbiEvent
        BatchAppended = InboxContract.BatchAppended,
        ForcedQueued = InboxContract.ForcedQueued,
        Proven = new("Proven(uint64 indexed,bytes32,bytes32,uint64)"),
        Finalized = new("Finalized(uint64)"),
        Published = new("Published(uint64 indexed,bytes32,bytes32)"),
        Dropped = new("Dropped(uint64,uint64)");

    public static readonly AbiFunction[] Errors =
    [
        .. InboxContract.Errors, new("TooShort(uint64,uint64)"), new("NoBatch(uint64)"), new("UnknownRecords()"), new("NotProven(uint64)"), new("Stale(uint64)"),
        new("NotStale(uint64)"), new("NotFinal(uint64)"), new("WrongRoots()"), new("Halted()"), new("NothingToDo()"),
    ];

    private static readonly AbiType s_record = AbiType.Parse("(uint64,bytes32,uint64,bytes32)");

    /// <summary>The word of a record: of the batches proven with it, the leaf after the last of them, when, and the record before.</summary>
    public static Digest32 RecordOf(ulong count, Digest32 finalLeaf, ulong provenAt, Digest32 before) => AbiCodec.Hash(s_record, count, finalLeaf, provenAt, before);
}
