namespace Prozchain.Rollups.Disputes;

/// <summary>A call to a <see cref="Tournament"/>. None but <see cref="JoinMove"/> depends on who makes it. Format: docs/formats/rollups-tournament.md.</summary>
public abstract record TournamentMove
{
    private protected TournamentMove() { }
}

/// <summary>Enters a claim.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Left">Left child of its root.</param>
/// <param name="Right">Right child of its root.</param>
/// <param name="Opening">Opening of the final root as the last leaf: siblings from the leaf up.</param>
/// <param name="Value">Wei sent along: exactly the bond.</param>
public sealed record JoinMove(Claim Claim, Digest32 Left, Digest32 Right, ReadOnlyMemory<Digest32> Opening, UInt128 Value) : TournamentMove;

/// <summary>Puts claims that wait into groups, starting a round if none runs.</summary>
/// <param name="MaxGroups">Groups to form at most: what the caller pays gas for.</param>
public sealed record FormMove(int MaxGroups) : TournamentMove;

/// <summary>Opens the mover's disputed subtree by two levels and so descends by one.</summary>
/// <param name="MatchId">Which match.</param>
/// <param name="Left">Left child of the mover's subtree.</param>
/// <param name="Right">Right child of it.</param>
/// <param name="NewLeft">Left child of that of the two in which the sides differ first.</param>
/// <param name="NewRight">Right child of the same.</param>
public sealed record AdvanceMove(long MatchId, Digest32 Left, Digest32 Right, Digest32 NewLeft, Digest32 NewRight) : TournamentMove;

/// <summary>Opens the mover's last two leaves, and the agreed root before the first leaf that differs.</summary>
/// <param name="MatchId">Which match.</param>
/// <param name="Left">Left leaf.</param>
/// <param name="Right">Right leaf.</param>
/// <param name="PreRoot">The leaf before the first that differs; the initial root if there is none.</param>
/// <param name="Opening">Opening of it under the mover's claim; empty if there is no leaf before.</param>
public sealed record SealMove(long MatchId, Digest32 Left, Digest32 Right, Digest32 PreRoot, ReadOnlyMemory<Digest32> Opening) : TournamentMove;

/// <summary>Executes the disputed transaction.</summary>
/// <param name="MatchId">Which match.</param>
/// <param name="ForSecond">Whose root after it is checked: the second claim's, or the first's.</param>
/// <param name="Witness">What execution needs.</param>
public sealed record StepMove(long MatchId, bool ForSecond, ReadOnlyMemory<byte> Witness) : TournamentMove;

/// <summary>Ends a match whose clock has run out.</summary>
/// <param name="MatchId">Which match.</param>
public sealed record TimeoutMove(long MatchId) : TournamentMove;

/// <summary>Names the winner when one claim is left and no other can join.</summary>
public sealed record ConcludeMove : TournamentMove;

/// <summary>Pays an account what the ended tournament owes it, into the vault.</summary>
/// <param name="Account">Who is paid.</param>
public sealed record CollectMove(L1Address Account) : TournamentMove;
