using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Evm;

/// <summary>Calls, events and hashes of contracts/src/StateChain.sol.</summary>
internal static class StateChainContract
{
    /// <summary>What <c>disputes</c> is once a dispute is decided.</summary>
    public const ulong Decided = ulong.MaxValue;

    /// <summary>A claim as calls name it: parent, left, right, final leaf, proposer, time.</summary>
    public const string Claim = "(bytes32,bytes32,bytes32,bytes32,address,uint64)";

    /// <summary>Consecutive segments of a claim: first, count, the leaf before them and its opening, the leaf after them and its.</summary>
    public const string Stretch = "(uint64,uint64,bytes32,bytes32[],bytes32,bytes32[])";

    /// <summary>What a leaf within a batch of payments is the hash of (docs/formats/rollups-step.md).</summary>
    public const string Machine = "(bytes32,bytes32,uint64,uint64,uint64,bytes32,bytes32)";

    /// <summary>Exits that one call covers at most.</summary>
    public const ulong MaxExits = 65_536;

    public static readonly AbiFunction
        Propose = new("propose(uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32[])"),
        ProposeLate = new($"proposeLate(uint64,bytes32,bytes32,bytes32,bytes32,bytes32,bytes32[],{Claim})"),
        Contest = new($"contest(uint64,{Claim},{Claim},bytes32,bytes32,bytes32,bytes32,bytes32[])"),
        Settle = new($"settle(uint64,uint64,bool,{Claim})"),
        Discard = new($"discard(uint64,{Claim})"),
        Prove = new($"prove(uint64,{Claim},{Claim})"),
        ProveSegments = new($"proveSegments(uint64,{Claim},{Claim},{Stretch})"),
        CoverExits = new($"coverExits(uint64,{Claim},uint64,uint64,{Machine},bytes32[],{Machine},bytes32[])"),
        Refute = new($"refute(uint64,{Claim},{Claim},bytes32)"),
        RefuteSegments = new($"refuteSegments(uint64,{Claim},{Claim},{Stretch},bytes32)"),
        FinalizeBatches = new($"finalize({Claim}[],bytes32,bytes32,bool)"),
        Publish = new($"publish(uint64,{Claim},bytes32,bytes32)"),
        Refund = new($"refund({Claim}[])"),
        IsFinal = new("isFinal(uint64)", "(bool)"),
        StateRoot = new("stateRoot(uint64)", "(bytes32)"),
        ExitRoot = new("exitRoot(uint64)", "(bytes32)"),
        LastFinal = new("lastFinal()", "(uint64,uint64,bool)"),
        LastFinalAt = new("lastFinalAt()", "(uint64)"),
        Status = new("status(uint64)", "(uint8)"),
        Claims = new("claims(uint64)", "(bytes32)"),
        Disputes = new("disputes(uint64)", "(uint64)"),
        ProvenAt = new("provenAt(uint64)", "(uint64)"),
        ProvenExit = new("provenExit(uint64,uint64)", "(bool,uint64)"),
        ProvenSegments = new("provenSegments(bytes32)", "(uint256)"),
        SegmentSteps = new("segmentSteps()", "(uint64)"),
        FinalCount = new("finalCount()", "(uint64)"),
        RefundedCount = new("refundedCount()", "(uint64)"),
        GenesisLeaf = new("genesisLeaf()", "(bytes32)"),
        CreatedAt = new("createdAt()", "(uint64)"),
        Period = new("period()", "(uint64)"),
        ProofDelay = new("proofDelay()", "(uint64)"),
        OpenDelay = new("openDelay()", "(uint64)"),
        Bond = new("bond()", "(uint128)"),
        Height = new("height()", "(uint8)"),
        Proposer = new("proposer()", "(address)");

    public static readonly AbiEvent
        Claimed = new("Claimed(uint64 indexed,address indexed,bytes32,bytes32,bytes32,bytes32,bytes32,uint64)"),
        Contested = new("Contested(uint64 indexed,uint64 indexed,address indexed,bytes32,bytes32)"),
        Settled = new("Settled(uint64 indexed,uint64 indexed,bytes32,bytes32,bytes32,bytes32,bytes32,address,uint64)"),
        Discarded = new("Discarded(uint64 indexed,bytes32)"),
        Proven = new("Proven(uint64 indexed,uint64)"),
        SegmentsProven = new("SegmentsProven(uint64 indexed,bytes32 indexed,uint64,uint64,uint64)"),
        ExitsCovered = new("ExitsCovered(uint64 indexed,bytes32 indexed,uint64,uint64)"),
        Refuted = new("Refuted(uint64 indexed,bytes32,bytes32,address)"),
        Finalized = new("Finalized(uint64 indexed,bytes32,bytes32)"),
        Published = new("Published(uint64 indexed,bytes32,bytes32)"),
        BondsReturned = new("BondsReturned(uint64,uint64)");

    public static readonly AbiFunction[] Errors =
    [
        new("TooShort(uint64,uint64)"), new("WrongHeight(uint8)"), new("NotProposer(address)"), new("NotTournament(address)"), new("NotYet(uint64)"),
        new("NoBatch(uint64)"), new("WrongHead(bytes32,bytes32)"), new("NoParent(uint64)"), new("ClaimExists(uint64)"), new("UnknownClaim(uint64)"),
        new("WrongBond(uint256,uint256)"), new("WrongOpening()"), new("AlreadyContested(uint64)"), new("AlreadyProven(uint64)"), new("NotProven(uint64)"),
        new("TooLate(uint64)"), new("NotVoid(uint64)"), new("NotFinal(uint64)"), new("InDispute(uint64)"), new("WrongRoots()"),
        new("Halted()"), new("NothingToDo()"), new("TransferFailed()"), new("WrongSegments(uint64,uint64)"), new("TooMany(uint64,uint64)"),
    ];

    private static readonly AbiType
        s_claim = AbiType.Parse("(uint64,bytes32,bytes32,bytes32,bytes32,address,uint64)"),
        s_segment = AbiType.Parse("(bytes32,uint64,uint64)");

    /// <summary>What a claim commits to after a transaction.</summary>
    public static Digest32 LeafOf(Digest32 stateRoot, Digest32 exitRoot) => Hashing.Pair(stateRoot, exitRoot);

    /// <summary>The word that is kept of a claim about a batch; the claim as <see cref="Claim"/> has it.</summary>
    public static Digest32 IdOf(ulong batch, AbiValue claim) => AbiCodec.Hash(s_claim, batch, claim[0], claim[1], claim[2], claim[3], claim[4], claim[5]);

    /// <summary>What a proof about steps of a batch names in place of the batch.</summary>
    public static Digest32 SegmentHead(Digest32 batchHead, ulong from, ulong to) => AbiCodec.Hash(s_segment, batchHead, from, to);

    /// <summary>What a leaf within a batch is the hash of, as calls name it.</summary>
    public static AbiValue MachineOf(in StepMachine machine) =>
        AbiValue.List(machine.StateRoot, machine.ExitRoot, machine.Exits, machine.Used.ExecutionGas, machine.Used.ProvingUnits, machine.ForcedRoot, machine.ForcedExits);

    /// <summary>A claim as calls name it.</summary>
    public static AbiValue ClaimOf(Digest32 parent, Digest32 left, Digest32 right, Digest32 finalLeaf, L1Address proposer, ulong proposedAt) =>
        AbiValue.List(parent, left, right, finalLeaf, proposer, proposedAt);
}
