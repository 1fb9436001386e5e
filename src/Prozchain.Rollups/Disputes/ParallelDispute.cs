using System.Buffers.Binary;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// The policy for big bonds: all claims against all at once, with timers that edges inherit (after "BoLD: fast and cheap dispute
/// resolution"). Who is contested opens its subtree into halves; a half that nobody contests lets time run for everything above
/// it. A claim wins when such times add up to the period, so at most two periods pass, but honest parties answer every
/// false claim. See <see cref="Tournament"/> for small bonds.
/// </summary>
/// <remarks>Any move may be made by anybody. Time is that of L1, in seconds, and never falls; digests and integers only.</remarks>
public sealed class ParallelDispute
{
    private readonly Dictionary<Digest32, DisputeEdge> _edges = [];
    private readonly Dictionary<Digest32, (DisputeEdge First, int Count)> _places = [];
    private readonly List<(DisputeEdge Edge, Claim Claim, L1Address Poster)> _claims = [];
    private readonly StepCheck _check;
    private readonly BondVault _vault;

    /// <summary>Opens a dispute.</summary>
    /// <param name="timers">Period and bond.</param>
    /// <param name="initialRoot">State root before the first transaction.</param>
    /// <param name="steps">Number of transactions, 1 to 2^32; beyond them the state stays as it is.</param>
    /// <param name="check">Executes one transaction again.</param>
    /// <param name="vault">Where the bonds are.</param>
    /// <exception cref="ArgumentException">A bond below twice the cost to answer, or no period.</exception>
    public ParallelDispute(ParallelTimers timers, in Digest32 initialRoot, ulong steps, StepCheck check, BondVault vault)
    {
        Timers = timers.Check();
        (InitialRoot, Steps, Height, _check, _vault) = (initialRoot, steps, Claim.HeightOf(steps), check, vault);
    }

    /// <summary>Period and bond.</summary>
    public ParallelTimers Timers { get; }

    /// <summary>State root before the first transaction.</summary>
    public Digest32 InitialRoot { get; }

    /// <summary>Number of transactions.</summary>
    public ulong Steps { get; }

    /// <summary>Height of all claims' trees.</summary>
    public int Height { get; }

    /// <summary>The claim that won; null before the end.</summary>
    public Claim? Winner { get; private set; }

    /// <summary>Number of claims.</summary>
    public int Claims => _claims.Count;

    /// <summary>Number of edges.</summary>
    public int Edges => _edges.Count;

    /// <summary>An edge, or null.</summary>
    public DisputeEdge? Find(in Digest32 prefix, in Digest32 node, int level, ulong index) => _edges.GetValueOrDefault(IdOf(prefix, node, level, index, out _));

    /// <summary>The prefix after one more subtree.</summary>
    public static Digest32 Extend(in Digest32 prefix, in Digest32 node, int level) => Hash(prefix, node, (ulong)level);

    /// <summary>Enters a claim.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="opening">Opening of its final root as the last leaf.</param>
    /// <param name="poster">Who sends the bond.</param>
    /// <param name="value">Wei sent: exactly the bond.</param>
    /// <param name="now">L1 time.</param>
    public TournamentResult Join(in Claim claim, ReadOnlySpan<Digest32> opening, in L1Address poster, UInt128 value, ulong now)
    {
        if (Winner is not null) return TournamentResult.Ended;
        if (value != Timers.Bond) return TournamentResult.WrongBond;
        if (!Claim.VerifyOpening(claim.Root, Height, (1UL << Height) - 1, claim.FinalRoot, opening)) return TournamentResult.WrongOpening;
        if (Find(default, claim.Root, Height, 0) is not null) return TournamentResult.DuplicateClaim;
        _claims.Add((Reach(default, claim.Root, Height, 0, now), claim, poster));
        _vault.Lock(value);
        return TournamentResult.Accepted;
    }

    /// <summary>Opens a contested edge into its halves.</summary>
    public TournamentResult Bisect(in Digest32 edge, in Digest32 left, in Digest32 right, ulong now)
    {
        if (Winner is not null) return TournamentResult.Ended;
        if (!_edges.TryGetValue(edge, out DisputeEdge? found)) return TournamentResult.NoMatch;
        if (found.RivalledAt is null || found.Left is not null || found.Level == 0) return TournamentResult.WrongMove;
        if (Hashing.Pair(left, right) != found.Node) return TournamentResult.WrongOpening;
        found.Left = Reach(found.Prefix, left, found.Level - 1, 2 * found.Index, now);
        found.Right = Reach(Extend(found.Prefix, left, found.Level - 1), right, found.Level - 1, 2 * found.Index + 1, now);
        return TournamentResult.Accepted;
    }

    /// <summary>Executes the transaction of a contested leaf.</summary>
    /// <param name="edge">The leaf.</param>
    /// <param name="before">The state root before it, tied to the edge's prefix; ignored for the first transaction.</param>
    /// <param name="witness">What execution needs.</param>
    public TournamentResult Step(in Digest32 edge, PrefixOpening before, ReadOnlySpan<byte> witness)
    {
        if (Winner is not null) return TournamentResult.Ended;
        if (!_edges.TryGetValue(edge, out DisputeEdge? found)) return TournamentResult.NoMatch;
        if (found.RivalledAt is null || found.Level != 0 || found.IsProven) return TournamentResult.WrongMove;
        Digest32 preRoot = InitialRoot;
        if (found.Index > 0)
        {
            if (!before.Matches(found.Prefix)) return TournamentResult.WrongOpening;
            preRoot = before.Root;
        }
        StepVerdict verdict = found.Index < Steps
            ? _check(preRoot, found.Node, found.Index, witness)
            : preRoot == found.Node ? StepVerdict.Confirmed : StepVerdict.Refuted;
        if (verdict != StepVerdict.Confirmed) return TournamentResult.WrongWitness;
        found.IsProven = true;
        return TournamentResult.Accepted;
    }

    /// <summary>Names a claim the winner once it has stood uncontested for the period, all halves counted.</summary>
    public TournamentResult Confirm(in Digest32 claimRoot, ulong now)
    {
        if (Winner is not null) return TournamentResult.Ended;
        if (Find(default, claimRoot, Height, 0) is not { } root) return TournamentResult.NoMatch;
        if (Uncontested(root, now) < Timers.Period) return TournamentResult.TooEarly;
        int winner = _claims.FindIndex(claim => claim.Edge == root);
        UInt128 lost = Timers.Bond * (UInt128)(_claims.Count - 1);
        _vault.Unlock(_claims[winner].Poster, Timers.Bond + lost / 2, now);
        _vault.Burn(lost - lost / 2);
        Winner = _claims[winner].Claim;
        return TournamentResult.Accepted;
    }

    /// <summary>Seconds that an edge counts: its own without a rival, and the lesser of its halves; without bound for a proven leaf.</summary>
    public static ulong Uncontested(DisputeEdge edge, ulong now) => Uncontested(edge, now, []);

    // An edge that several share is worked out once.
    private static ulong Uncontested(DisputeEdge edge, ulong now, Dictionary<DisputeEdge, ulong> known)
    {
        if (edge.IsProven) return ulong.MaxValue;
        if (known.TryGetValue(edge, out ulong time)) return time;
        time = edge.Uncontested(now);
        if (edge is { Left: { } left, Right: { } right })
        {
            ulong halves = Math.Min(Uncontested(left, now, known), Uncontested(right, now, known));
            time = halves > ulong.MaxValue - time ? ulong.MaxValue : time + halves;
        }
        known.Add(edge, time);
        return time;
    }

    private DisputeEdge Reach(in Digest32 prefix, in Digest32 node, int level, ulong index, ulong now)
    {
        Digest32 id = IdOf(prefix, node, level, index, out Digest32 place);
        if (_edges.TryGetValue(id, out DisputeEdge? shared)) return shared;
        var edge = new DisputeEdge(id, prefix, node, level, index, now);
        _edges.Add(id, edge);
        if (_places.TryGetValue(place, out (DisputeEdge First, int Count) rivals))
        {
            edge.RivalledAt = now;
            rivals.First.RivalledAt ??= now;
            _places[place] = (rivals.First, rivals.Count + 1);
        }
        else
        {
            _places.Add(place, (edge, 1));
        }
        return edge;
    }

    private static Digest32 IdOf(in Digest32 prefix, in Digest32 node, int level, ulong index, out Digest32 place)
    {
        Span<byte> words = stackalloc byte[Digest32.Size];
        words.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(words[24..], index);
        place = Hash(prefix, new Digest32(words), (ulong)level);
        return Hashing.Pair(place, node);
    }

    private static Digest32 Hash(in Digest32 one, in Digest32 two, ulong number)
    {
        Span<byte> words = stackalloc byte[3 * Digest32.Size];
        words.Clear();
        one.Span.CopyTo(words);
        two.Span.CopyTo(words[Digest32.Size..]);
        BinaryPrimitives.WriteUInt64BigEndian(words[^sizeof(ulong)..], number);
        return new Digest32(Hashing.Keccak(words));
    }
}
