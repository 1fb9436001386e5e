using System.Diagnostics;

namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Finds the true one among any number of claims about one computation (after "Dave: a decentralized, secure, and lively
/// fraud-proof algorithm", sections 4 and 7.2). Claims that were demoted equally often play in small groups, all against all; who
/// does not win its group is demoted, and out after too many demotions or one refutation. Deterministic; knows digests and
/// times alone.
/// </summary>
/// <remarks>
/// A claim that somebody defends in time is never demoted, whatever the others do. Time is that of L1, in seconds, and
/// never falls. Storage: claims, matches and groups by number, waiting claims by <c>(round, demotions) => uint32[]</c>.
/// </remarks>
public sealed class Tournament
{
    private readonly StepCheck _check;
    private readonly List<TournamentClaim> _claims = [];
    private readonly Dictionary<Digest32, TournamentClaim> _byRoot = [];
    private readonly TournamentPairing _pairing;
    private readonly TournamentPayout _payout;
    private ulong _now;

    /// <summary>Opens a tournament.</summary>
    /// <param name="parameters">Clocks, bond and matching.</param>
    /// <param name="initialRoot">State root before the first transaction.</param>
    /// <param name="steps">Number of transactions, 1 to 2^32; beyond them the state stays as it is.</param>
    /// <param name="check">Executes one transaction again.</param>
    /// <param name="vault">Where the bonds are.</param>
    /// <param name="now">L1 time.</param>
    public Tournament(TournamentParameters parameters, in Digest32 initialRoot, ulong steps, StepCheck check, BondVault vault, ulong now)
    {
        Parameters = parameters.Check();
        (InitialRoot, Steps, Height, OpenedAt) = (initialRoot, steps, Claim.HeightOf(steps), now);
        (_check, Vault, _now) = (check, vault, now);
        _pairing = new TournamentPairing(Parameters);
        _payout = new TournamentPayout(Parameters, vault);
    }

    /// <summary>Clocks, bond and matching.</summary>
    public TournamentParameters Parameters { get; }

    /// <summary>State root before the first transaction.</summary>
    public Digest32 InitialRoot { get; }

    /// <summary>Number of transactions.</summary>
    public ulong Steps { get; }

    /// <summary>Height of all claims' trees.</summary>
    public int Height { get; }

    /// <summary>When it was opened.</summary>
    public ulong OpenedAt { get; }

    /// <summary>First second at which no claim joins any more.</summary>
    public ulong JoinDeadline => OpenedAt + Parameters.ChallengePeriod;

    /// <summary>Where the bonds are.</summary>
    public BondVault Vault { get; }

    /// <summary>All claims ever made.</summary>
    public IReadOnlyList<TournamentClaim> Claims => _claims;

    /// <summary>Matches that are not decided, in no order.</summary>
    public IReadOnlyCollection<TournamentMatch> OpenMatches => _pairing.Open.Values;

    /// <summary>Rounds begun.</summary>
    public int Rounds => _pairing.Rounds;

    /// <summary>Claims that are not out.</summary>
    public int Survivors { get; private set; }

    /// <summary>True after the end.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>The claim that won; null before the end, and if all were out.</summary>
    public TournamentClaim? Winner { get; private set; }

    /// <summary>Matches ever begun.</summary>
    internal long Matches => _pairing.Matches;

    /// <summary>True if <see cref="FormMove"/> would do something.</summary>
    public bool CanForm => !HasEnded && _pairing.CanForm(Survivors);

    /// <summary>The claim with a root, or null.</summary>
    public TournamentClaim? Find(in Digest32 root) => _byRoot.GetValueOrDefault(root);

    /// <summary>True if <see cref="ConcludeMove"/> would end it.</summary>
    public bool CanConclude(ulong now) => !HasEnded && now >= JoinDeadline && Survivors <= 1 && _pairing.Open.Count == 0 && _claims.Count > 0;

    /// <summary>Applies a move. Untrusted: everything in it.</summary>
    /// <param name="move">The move.</param>
    /// <param name="sender">Who is repaid for it.</param>
    /// <param name="now">L1 time; never falls.</param>
    /// <exception cref="ArgumentException">Time falls.</exception>
    public TournamentResult Apply(TournamentMove move, in L1Address sender, ulong now)
    {
        if (now < _now) throw new ArgumentException($"Expected a time of at least {_now}, got {now}.", nameof(now));
        _now = now;
        if (move is CollectMove collect) return HasEnded && _payout.TryCollect(collect.Account, now) ? TournamentResult.Accepted : TournamentResult.NothingToDo;
        if (HasEnded) return TournamentResult.Ended;
        return move switch
        {
            JoinMove join => Join(join, sender, now),
            FormMove form => Form(form, sender, now),
            AdvanceMove advance => Advance(advance, sender, now),
            SealMove seal => Seal(seal, sender, now),
            StepMove step => Step(step, sender, now),
            TimeoutMove timeout => Timeout(timeout, sender, now),
            ConcludeMove => Conclude(now),
            _ => throw new UnreachableException("No other move exists."),
        };
    }

    /// <summary>Enters a claim whose opening and bond the caller has checked.</summary>
    internal TournamentResult Enter(JoinMove move, in L1Address poster)
    {
        if (_byRoot.ContainsKey(move.Claim.Root)) return TournamentResult.DuplicateClaim;
        var claim = new TournamentClaim(_claims.Count, move, poster);
        _claims.Add(claim);
        _byRoot.Add(move.Claim.Root, claim);
        _pairing.Wait(claim);
        Survivors++;
        Vault.Lock(Parameters.Bond);
        return TournamentResult.Accepted;
    }

    private TournamentResult Join(JoinMove move, in L1Address sender, ulong now)
    {
        if (now >= JoinDeadline) return TournamentResult.JoinedTooLate;
        if (move.Value != Parameters.Bond) return TournamentResult.WrongBond;
        if (Hashing.Pair(move.Left, move.Right) != move.Claim.Root) return TournamentResult.WrongOpening;
        if (!Claim.VerifyOpening(move.Claim.Root, Height, (1UL << Height) - 1, move.Claim.FinalRoot, move.Opening.Span)) return TournamentResult.WrongOpening;
        return Enter(move, sender);
    }

    private TournamentResult Form(FormMove move, in L1Address sender, ulong now)
    {
        if (!CanForm || move.MaxGroups < 1) return TournamentResult.NothingToDo;
        int groups = _pairing.Form(move.MaxGroups, Height, now);
        _payout.CountCalls(sender, groups);
        return TournamentResult.Accepted;
    }

    private TournamentResult Advance(AdvanceMove move, in L1Address sender, ulong now)
    {
        TournamentResult found = Await(move.MatchId, MatchPhase.Bisecting, now, out TournamentMatch? match);
        if (found != TournamentResult.Accepted) return found;
        if (match!.Level < 2) return TournamentResult.WrongMove;
        if (!match.TryAdvance(move)) return TournamentResult.WrongOpening;
        _payout.CountMove(match.Mover, sender);
        match.PassTurn(now, Parameters);
        return TournamentResult.Accepted;
    }

    private TournamentResult Seal(SealMove move, in L1Address sender, ulong now)
    {
        TournamentResult found = Await(move.MatchId, MatchPhase.Bisecting, now, out TournamentMatch? match);
        if (found != TournamentResult.Accepted) return found;
        if (match!.Level != 1) return TournamentResult.WrongMove;
        if (!match.TrySeal(move, Height, InitialRoot)) return TournamentResult.WrongOpening;
        _payout.CountMove(match.Mover, sender);
        match.PassTurn(now, Parameters);
        return TournamentResult.Accepted;
    }

    private TournamentResult Step(StepMove move, in L1Address sender, ulong now)
    {
        TournamentResult found = Await(move.MatchId, MatchPhase.Sealed, now, out TournamentMatch? match);
        if (found != TournamentResult.Accepted) return found;
        (TournamentClaim side, TournamentClaim other, Digest32 root) = move.ForSecond ? (match!.Second, match.First, match.Right) : (match!.First, match.Second, match.Left);
        StepVerdict verdict = match.Position < Steps
            ? _check(match.Parent, root, match.Position, move.Witness.Span)
            : root == match.Parent ? StepVerdict.Confirmed : StepVerdict.Refuted;
        if (verdict == StepVerdict.Unreadable) return TournamentResult.WrongWitness;
        _payout.CountMove(side, sender);
        Eliminate(verdict == StepVerdict.Confirmed ? other : side);
        return TournamentResult.Accepted;
    }

    private TournamentResult Timeout(TimeoutMove move, in L1Address sender, ulong now)
    {
        if (Find(move.MatchId) is not { } match) return TournamentResult.NoMatch;
        if (now <= match.Deadline) return TournamentResult.TooEarly;
        // Whoever was to move has lost. A step is for either side to show: if nobody does until both clocks have run out, both have lost.
        match.Mover.HasLostRound = true;
        if (match.Phase == MatchPhase.Sealed) match.First.HasLostRound = match.Second.HasLostRound = true;
        _payout.CountCalls(sender, 1);
        Close(match);
        return TournamentResult.Accepted;
    }

    private TournamentResult Conclude(ulong now)
    {
        if (!CanConclude(now)) return TournamentResult.NothingToDo;
        HasEnded = true;
        Winner = _claims.Find(static claim => !claim.IsOut);
        _payout.End(Winner, _claims.Count);
        return TournamentResult.Accepted;
    }

    private TournamentMatch? Find(long id) => _pairing.Open.GetValueOrDefault(id);

    private TournamentResult Await(long id, MatchPhase phase, ulong now, out TournamentMatch? match)
    {
        match = Find(id);
        if (match is null) return TournamentResult.NoMatch;
        if (match.Phase != phase) return TournamentResult.WrongMove;
        return now > match.Deadline ? TournamentResult.OutOfTime : TournamentResult.Accepted;
    }

    // What is refuted is out at once, and has lost all that it still plays.
    private void Eliminate(TournamentClaim claim)
    {
        claim.HasLostRound = claim.IsOut = true;
        Survivors--;
        while (claim.Matches.Count > 0) Close(claim.Matches[^1]);
    }

    private void Close(TournamentMatch match) => Survivors -= _pairing.Close(match);
}
