namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Works out the next move for a claim from nothing but the tournament's state, so that it can be stopped and started again
/// at any point, and several can play for one claim. Not thread-safe.
/// </summary>
/// <param name="tree">The claim that is defended: for an honest party, the roots it computed itself.</param>
/// <param name="witness">What executing a transaction needs.</param>
public sealed class TournamentPlayer(ClaimTree tree, Func<ulong, ReadOnlyMemory<byte>> witness)
{
    /// <summary>The next move for the claim, or null if there is none to make now.</summary>
    public TournamentMove? NextMove(Tournament tournament, ulong now)
    {
        if (tournament.HasEnded) return null;
        if (tournament.Find(tree.Claim.Root) is not { } mine) return now < tournament.JoinDeadline ? Join(tournament) : null;
        foreach (TournamentMatch match in mine.OpenMatches)
            if (Play(tournament, match, mine, now) is { } move) return move;
        return null;
    }

    /// <summary>The next move for the claim in one of its matches, or null.</summary>
    public TournamentMove? Play(Tournament tournament, TournamentMatch match, TournamentClaim mine, ulong now)
    {
        bool isLate = now > match.Deadline;
        if (match.Phase == MatchPhase.Sealed) return isLate ? null : new StepMove(match.Id, match.Second == mine, match.Position < tournament.Steps ? witness(match.Position) : default);
        if (match.Mover != mine) return isLate ? new TimeoutMove(match.Id) : null;
        return isLate ? null : Bisect(tournament, match);
    }

    /// <summary>A call that anybody may make to keep the tournament going, or null: a match out of time, groups to form, the end.</summary>
    /// <param name="tournament">The tournament.</param>
    /// <param name="maxGroups">Groups to form at once.</param>
    /// <param name="now">L1 time.</param>
    public static TournamentMove? Keep(Tournament tournament, int maxGroups, ulong now)
    {
        if (tournament.CanConclude(now)) return new ConcludeMove();
        if (tournament.CanForm) return new FormMove(maxGroups);
        foreach (TournamentMatch match in tournament.OpenMatches)
            if (now > match.Deadline) return new TimeoutMove(match.Id);
        return null;
    }

    private JoinMove Join(Tournament tournament)
    {
        int below = tree.Height - 1;
        return new JoinMove(tree.Claim, tree.Node(below, 0), tree.Node(below, 1), tree.Open((1UL << tree.Height) - 1), tournament.Parameters.Bond);
    }

    private TournamentMove Bisect(Tournament tournament, TournamentMatch match) => Bisect(tree, match.Id, match.Level, match.Position, match.Left, tournament.InitialRoot);

    /// <summary>The move of the side whose turn it is in a match that is not sealed.</summary>
    internal static TournamentMove Bisect(ClaimTree tree, long id, int level, ulong position, in Digest32 theirLeft, in Digest32 initialRoot)
    {
        int below = level - 1;
        ulong child = 2 * position;
        Digest32 left = tree.Node(below, child), right = tree.Node(below, child + 1);
        if (left == theirLeft) child++;
        if (below > 0) return new AdvanceMove(id, left, right, tree.Node(below - 1, 2 * child), tree.Node(below - 1, 2 * child + 1));
        return child == 0
            ? new SealMove(id, left, right, initialRoot, default)
            : new SealMove(id, left, right, tree.Leaf(child - 1), tree.Open(child - 1));
    }
}
