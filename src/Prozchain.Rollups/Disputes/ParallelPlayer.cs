namespace Prozchain.Rollups.Disputes;

/// <summary>Makes all moves for a claim in a <see cref="ParallelDispute"/>, from the dispute's state alone. Not thread-safe.</summary>
/// <param name="tree">The claim that is defended.</param>
/// <param name="witness">What executing a transaction needs.</param>
public sealed class ParallelPlayer(ClaimTree tree, Func<ulong, ReadOnlyMemory<byte>> witness)
{
    /// <summary>Makes every move that there is to make now. The number of moves.</summary>
    public int Play(ParallelDispute dispute, in L1Address self, ulong now)
    {
        if (dispute.Winner is not null) return 0;
        Claim claim = tree.Claim;
        int moves = 0;
        if (dispute.Find(default, claim.Root, tree.Height, 0) is null)
        {
            dispute.Join(claim, tree.Open((1UL << tree.Height) - 1), self, dispute.Timers.Bond, now);
            moves++;
        }
        DisputeEdge root = dispute.Find(default, claim.Root, tree.Height, 0)!;
        moves += Defend(dispute, root, default, now);
        return dispute.Confirm(claim.Root, now) == TournamentResult.Accepted ? moves + 1 : moves;
    }

    private int Defend(ParallelDispute dispute, DisputeEdge edge, PrefixOpening before, ulong now)
    {
        if (edge.RivalledAt is null || edge.IsProven) return 0;
        if (edge.Level == 0) return dispute.Step(edge.Id, before, edge.Index < dispute.Steps ? witness(edge.Index).Span : default) == TournamentResult.Accepted ? 1 : 0;
        int below = edge.Level - 1, moves = 0;
        ulong child = 2 * edge.Index;
        if (edge.Left is null)
        {
            dispute.Bisect(edge.Id, tree.Node(below, child), tree.Node(below, child + 1), now);
            moves++;
        }
        moves += Defend(dispute, edge.Left!, before, now);
        return moves + Defend(dispute, edge.Right!, Last(edge.Prefix, below, child), now);
    }

    private PrefixOpening Last(in Digest32 before, int level, ulong index)
    {
        ulong last = ((index + 1) << level) - 1;
        var siblings = new Digest32[level];
        for (int i = 0; i < level; i++) siblings[i] = tree.Node(i, (last >> i) - 1);
        return new PrefixOpening(tree.Leaf(last), before, siblings);
    }
}
