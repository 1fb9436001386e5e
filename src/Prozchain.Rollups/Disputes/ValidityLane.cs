namespace Prozchain.Rollups.Disputes;

/// <summary>
/// Proposals that are disputed in one round by a validity proof: propose, challenge, prove, resolve, close (the OP stack's
/// stage-one/zk/zk-dispute-game.md, game type 10). Anybody may make any call. Two valid proofs for different roots halt the
/// lane: its proof system is broken, nothing of it becomes final any more, and bonds go back.
/// </summary>
/// <remarks>Times are seconds of L1 and never fall. The caller checks who is guardian. Storage: games by number, the anchor's root and sequence, <c>pausedUntil</c>, <c>retiredUntil</c>, <c>isHalted</c>.</remarks>
public sealed class ValidityLane
{
    private readonly List<ValidityGame> _games = [];
    private readonly Dictionary<(Digest32 Start, ulong Sequence), Digest32> _proven = [];
    private readonly ProofCheck _check;
    private readonly BondVault _vault;
    private ulong _retiredUntil;
    private bool _hasRetired;

    /// <summary>A lane without games.</summary>
    /// <param name="parameters">Durations and bonds.</param>
    /// <param name="anchorRoot">State root that the first game starts from.</param>
    /// <param name="anchorSequence">Its number.</param>
    /// <param name="check">The registered prover's verifier.</param>
    /// <param name="vault">Where the bonds are.</param>
    public ValidityLane(ValidityGameParameters parameters, in Digest32 anchorRoot, ulong anchorSequence, ProofCheck check, BondVault vault)
    {
        Parameters = parameters.Check();
        (AnchorRoot, AnchorSequence, _check, _vault) = (anchorRoot, anchorSequence, check, vault);
    }

    /// <summary>Durations and bonds.</summary>
    public ValidityGameParameters Parameters { get; }

    /// <summary>Newest state root that is settled for good.</summary>
    public Digest32 AnchorRoot { get; private set; }

    /// <summary>Its number.</summary>
    public ulong AnchorSequence { get; private set; }

    /// <summary>True after two valid proofs for different roots.</summary>
    public bool IsHalted { get; private set; }

    /// <summary>Until when nothing is closed, exclusive.</summary>
    public ulong PausedUntil { get; private set; }

    /// <summary>All games.</summary>
    public IReadOnlyList<ValidityGame> Games => _games;

    /// <summary>Proposes a root.</summary>
    /// <param name="parent">Number of the game to build upon; null for the anchor.</param>
    /// <param name="root">State root proposed.</param>
    /// <param name="sequence">Its number.</param>
    /// <param name="proposer">Who sends the bond.</param>
    /// <param name="value">Wei sent: the proposer's bond.</param>
    /// <param name="now">L1 time.</param>
    public ValidityGameResult Create(int? parent, in Digest32 root, ulong sequence, in L1Address proposer, UInt128 value, ulong now)
    {
        if (IsHalted) return ValidityGameResult.Halted;
        if (value != Parameters.ProposerBond) return ValidityGameResult.WrongBond;
        ValidityGame? below = null;
        if (parent is { } id)
        {
            below = Find(id);
            if (below is null || below.IsBlacklisted || IsRetired(below) || below.Outcome == ValidityGameOutcome.ChallengerWins || below.Sequence <= AnchorSequence) return ValidityGameResult.WrongParent;
        }
        if (sequence <= (below?.Sequence ?? AnchorSequence)) return ValidityGameResult.WrongSequence;
        _vault.Lock(value);
        _games.Add(new ValidityGame(_games.Count, below, below?.Root ?? AnchorRoot, root, sequence, proposer, now, now + Parameters.ChallengeDuration));
        return ValidityGameResult.Accepted;
    }

    /// <summary>Challenges a proposal: from now on it needs a proof.</summary>
    public ValidityGameResult Challenge(int game, in L1Address challenger, UInt128 value, ulong now)
    {
        if (Find(game) is not { } found) return ValidityGameResult.NoGame;
        if (found.Status == ValidityGameStatus.Challenged) return ValidityGameResult.AlreadyChallenged;
        if (found.IsOver(now)) return ValidityGameResult.Over;
        if (value != Parameters.ChallengerBond) return ValidityGameResult.WrongBond;
        _vault.Lock(value);
        (found.Challenger, found.Status, found.Deadline) = (challenger, ValidityGameStatus.Challenged, now + Parameters.ProveDuration);
        return ValidityGameResult.Accepted;
    }

    /// <summary>Proves a proposal, challenged or not.</summary>
    public ValidityGameResult Prove(int game, ReadOnlySpan<byte> proof, in L1Address prover, ulong now)
    {
        if (Find(game) is not { } found) return ValidityGameResult.NoGame;
        if (found.Parent is { Outcome: ValidityGameOutcome.ChallengerWins }) return ValidityGameResult.WrongParent;
        if (found.IsOver(now)) return ValidityGameResult.Over;
        if (!_check(found.StartRoot, found.Root, found.Sequence, proof)) return ValidityGameResult.WrongProof;
        (found.Prover, found.Status) = (prover, found.Status == ValidityGameStatus.Challenged ? ValidityGameStatus.ChallengedProven : ValidityGameStatus.UnchallengedProven);
        Remember(found.StartRoot, found.Sequence, found.Root);
        return ValidityGameResult.Accepted;
    }

    /// <summary>Shows a valid proof for another root than one that was proven from the same start: halts the lane.</summary>
    /// <param name="game">A game that is proven.</param>
    /// <param name="root">The other root.</param>
    /// <param name="proof">Proof of it.</param>
    public ValidityGameResult Contradict(int game, in Digest32 root, ReadOnlySpan<byte> proof)
    {
        if (Find(game) is not { } found) return ValidityGameResult.NoGame;
        if (IsHalted) return ValidityGameResult.AlreadyDone;
        if (!found.IsProven) return ValidityGameResult.TooEarly;
        if (root == found.Root || !_check(found.StartRoot, root, found.Sequence, proof)) return ValidityGameResult.WrongProof;
        IsHalted = true;
        return ValidityGameResult.Accepted;
    }

    /// <summary>Decides a game that is over, once its parent is decided.</summary>
    public ValidityGameResult Resolve(int game, ulong now)
    {
        if (Find(game) is not { } found) return ValidityGameResult.NoGame;
        if (IsHalted) return ValidityGameResult.Halted;
        if (found.Status == ValidityGameStatus.Resolved) return ValidityGameResult.AlreadyDone;
        if (found.Parent is { Outcome: ValidityGameOutcome.None }) return ValidityGameResult.ParentUnresolved;
        bool parentLost = found.Parent is { Outcome: ValidityGameOutcome.ChallengerWins };
        if (!found.IsOver(now)) return ValidityGameResult.TooEarly;
        bool falls = parentLost || found.Status == ValidityGameStatus.Challenged;
        found.Outcome = falls ? ValidityGameOutcome.ChallengerWins : ValidityGameOutcome.DefenderWins;
        (found.Status, found.ResolvedAt) = (ValidityGameStatus.Resolved, now);
        return ValidityGameResult.Accepted;
    }

    /// <summary>Pays out the bonds into the vault, after the parent's, and moves the anchor if the proposal stands. What was set aside, or builds upon such, is refunded.</summary>
    public ValidityGameResult Close(int game, ulong now)
    {
        if (Find(game) is not { } found) return ValidityGameResult.NoGame;
        if (found.IsClosed) return ValidityGameResult.AlreadyDone;
        if (now < PausedUntil) return ValidityGameResult.Paused;
        if (!IsHalted && (found.Status != ValidityGameStatus.Resolved || now <= found.ResolvedAt + Parameters.FinalityDelay)) return ValidityGameResult.TooEarly;
        if (!IsHalted && found.Parent is { IsClosed: false }) return ValidityGameResult.ParentUnresolved;
        found.IsClosed = true;
        found.IsRefunded = IsHalted || found.IsBlacklisted || IsRetired(found) || found.Parent is { IsRefunded: true };
        if (found.IsRefunded)
        {
            _vault.Unlock(found.Proposer, Parameters.ProposerBond, now);
            if (found.Challenger is { } refunded) _vault.Unlock(refunded, Parameters.ChallengerBond, now);
            return ValidityGameResult.Accepted;
        }
        Distribute(found, now);
        if (found.Outcome == ValidityGameOutcome.DefenderWins && found.Sequence > AnchorSequence) (AnchorRoot, AnchorSequence) = (found.Root, found.Sequence);
        return ValidityGameResult.Accepted;
    }

    /// <summary>Guardian: sets a game aside. False if it is closed.</summary>
    public bool Blacklist(int game)
    {
        if (Find(game) is not { IsClosed: false } found) return false;
        return found.IsBlacklisted = true;
    }

    /// <summary>Guardian: sets all games aside that were proposed until now.</summary>
    public void Retire(ulong now) => (_retiredUntil, _hasRetired) = (now, true);

    /// <summary>Guardian: stops closing for the longest time allowed. False while the pause after the last one lasts.</summary>
    public bool TryPause(ulong now)
    {
        if (PausedUntil != 0 && now < PausedUntil + Parameters.LongestPause) return false;
        PausedUntil = now + Parameters.LongestPause;
        return true;
    }

    /// <summary>True if the game was proposed before all such were set aside.</summary>
    public bool IsRetired(ValidityGame game) => _hasRetired && game.CreatedAt <= _retiredUntil;

    private ValidityGame? Find(int id) => id >= 0 && id < _games.Count ? _games[id] : null;

    private void Remember(in Digest32 start, ulong sequence, in Digest32 root)
    {
        if (!_proven.TryAdd((start, sequence), root) && _proven[(start, sequence)] != root) IsHalted = true;
    }

    private void Distribute(ValidityGame game, ulong now)
    {
        UInt128 stake = Parameters.ProposerBond, counter = game.Challenger is null ? 0 : Parameters.ChallengerBond;
        if (game.Outcome == ValidityGameOutcome.ChallengerWins)
        {
            if (game.Challenger is { } winner) _vault.Unlock(winner, stake + counter, now);
            else _vault.Burn(stake);
            return;
        }
        _vault.Unlock(game.Proposer, stake, now);
        if (game is { Challenger: not null, Prover: { } prover }) _vault.Unlock(prover, counter, now);
    }
}
