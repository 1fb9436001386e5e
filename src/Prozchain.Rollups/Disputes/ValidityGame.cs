namespace Prozchain.Rollups.Disputes;

/// <summary>How far a <see cref="ValidityGame"/> is. It only moves on.</summary>
public enum ValidityGameStatus : byte
{
    /// <summary>Proposed.</summary>
    Unchallenged,

    /// <summary>Proven without having been challenged.</summary>
    UnchallengedProven,

    /// <summary>Challenged; a proof is awaited.</summary>
    Challenged,

    /// <summary>Challenged, then proven.</summary>
    ChallengedProven,

    /// <summary>Decided.</summary>
    Resolved,
}

/// <summary>How a <see cref="ValidityGame"/> ended.</summary>
public enum ValidityGameOutcome : byte
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The proposal stands.</summary>
    DefenderWins,

    /// <summary>The proposal fell.</summary>
    ChallengerWins,
}

/// <summary>A proposal in a <see cref="ValidityLane"/>, disputed in one round by a validity proof.</summary>
/// <remarks>
/// Storage: <c>(bytes32 startRoot, bytes32 root, uint64 sequence, uint32 parent, address proposer, address challenger, address
/// prover, uint64 createdAt, uint64 deadline, uint64 resolvedAt, uint8 status, uint8 outcome, bool blacklisted, bool closed, bool refunded)</c>.
/// </remarks>
public sealed class ValidityGame
{
    internal ValidityGame(int id, ValidityGame? parent, in Digest32 startRoot, in Digest32 root, ulong sequence, in L1Address proposer, ulong now, ulong deadline)
    {
        (Id, Parent, StartRoot, Root, Sequence, Proposer, CreatedAt, Deadline) = (id, parent, startRoot, root, sequence, proposer, now, deadline);
    }

    /// <summary>Number of the game, from 0.</summary>
    public int Id { get; }

    /// <summary>The game that it builds upon; null for the anchor.</summary>
    public ValidityGame? Parent { get; }

    /// <summary>The state root it starts from.</summary>
    public Digest32 StartRoot { get; }

    /// <summary>The state root proposed.</summary>
    public Digest32 Root { get; }

    /// <summary>Number of what the root is the state after.</summary>
    public ulong Sequence { get; }

    /// <summary>Who proposed.</summary>
    public L1Address Proposer { get; }

    /// <summary>Who challenged, if anybody did.</summary>
    public L1Address? Challenger { get; internal set; }

    /// <summary>Who proved, if anybody did.</summary>
    public L1Address? Prover { get; internal set; }

    /// <summary>When it was proposed.</summary>
    public ulong CreatedAt { get; }

    /// <summary>First second at which the awaited call, a challenge or a proof, counts no more.</summary>
    public ulong Deadline { get; internal set; }

    /// <summary>When it was decided; meaningful once it is.</summary>
    public ulong ResolvedAt { get; internal set; }

    /// <summary>How far it is.</summary>
    public ValidityGameStatus Status { get; internal set; }

    /// <summary>How it ended.</summary>
    public ValidityGameOutcome Outcome { get; internal set; }

    /// <summary>Set aside by a guardian: bonds go back.</summary>
    public bool IsBlacklisted { get; internal set; }

    /// <summary>True once its bonds were paid out.</summary>
    public bool IsClosed { get; internal set; }

    /// <summary>True if it was closed by giving the bonds back.</summary>
    public bool IsRefunded { get; internal set; }

    /// <summary>True if a valid proof was given.</summary>
    public bool IsProven => Prover is not null;

    /// <summary>True if nothing is awaited any more.</summary>
    public bool IsOver(ulong now) => Status is ValidityGameStatus.UnchallengedProven or ValidityGameStatus.ChallengedProven or ValidityGameStatus.Resolved || now >= Deadline;
}
