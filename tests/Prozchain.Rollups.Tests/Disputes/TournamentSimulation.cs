using Prozchain.Rollups.Disputes;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>How a false claim is defended.</summary>
internal enum Sybil
{
    /// <summary>Not at all.</summary>
    Absent,

    /// <summary>At once, down to the step that refutes it.</summary>
    Prompt,

    /// <summary>At the last moment.</summary>
    LastMoment,

    /// <summary>Now and then.</summary>
    Erratic,

    /// <summary>The strategy of the longest delay: the least demoted of each group wins, all others let their clocks run out.</summary>
    LongestDelay,
}

/// <summary>One tournament in virtual time: an honest player, who may be censored, against as many false claims as wanted. Same seed, same run.</summary>
internal sealed class TournamentSimulation
{
    public const ulong Hour = 3_600;
    private static readonly byte[] s_witness = [1];
    private readonly Random _random;
    private bool _isHeard;
    private readonly ClaimTree _truth;
    private readonly Dictionary<TournamentClaim, ClaimTree> _trees = [];
    private readonly List<(ulong JoinAt, ClaimTree Tree, L1Address Owner, Sybil Sybil)> _joiners = [];
    private readonly Dictionary<TournamentClaim, Sybil> _sybils = [];

    public TournamentSimulation(int seed, int height, int falseClaims, Func<Random, Sybil> strategy, TournamentParameters? parameters = null, bool joinLate = false)
    {
        _random = new Random(seed);
        Vault = new BondVault(7 * 24 * Hour, 7 * 24 * Hour);
        Tournament = new Tournament(parameters ?? TournamentParameters.Dave, World.Root(0), (1UL << height) - (ulong)_random.Next(1 << (height - 1)), Check, Vault, Now);
        _truth = Tree(height, lieAt: -1);
        for (int i = 0; i < falseClaims; i++)
        {
            ulong joinAt = joinLate ? (ulong)_random.NextInt64((long)Tournament.Parameters.ChallengePeriod / 3_600) * Hour : 0;
            _joiners.Add((joinAt, Tree(height, _random.Next((int)Tournament.Steps)), Account(100 + i), strategy(_random)));
        }
        // Whoever begins, it makes no difference.
        _joiners.Sort((one, other) => one.JoinAt.CompareTo(other.JoinAt));
    }

    public static L1Address Honest { get; } = Account(1);
    public static L1Address Keeper { get; } = Account(2);

    public Tournament Tournament { get; }
    public BondVault Vault { get; }
    public ulong Now { get; private set; }
    public Claim Truth => _truth.Claim;
    public int HonestMoves { get; private set; }

    /// <summary>True at times when the adversary censors the honest player; called once an hour.</summary>
    public Func<TournamentSimulation, bool> Censor { get; init; } = _ => false;

    public ulong Censored { get; private set; }

    /// <summary>Longest time between the starts of two rounds.</summary>
    public ulong LongestRound { get; private set; }

    public TournamentSimulation Run()
    {
        ulong roundStart = 0;
        for (int rounds = 0; !Tournament.HasEnded; Now += Hour)
        {
            _isHeard = !Censor(this);
            if (!_isHeard) Censored += Hour;
            PlayFalse();
            if (_isHeard) PlayHonest();
            PlayFalse();
            if (_isHeard) PlayHonest();
            // A new player each time: what it does follows from the tournament alone.
            for (TournamentMove? call; (call = TournamentPlayer.Keep(Tournament, 1_000, Now)) is not null;) Accept(call, Keeper);
            if (Tournament.Rounds > rounds)
            {
                if (rounds > 0 && Tournament.Survivors > 1 && Now >= Tournament.JoinDeadline) LongestRound = Math.Max(LongestRound, Now - roundStart);
                (rounds, roundStart) = (Tournament.Rounds, Now);
            }
            if (Now > 400 * 24 * Hour) throw new InvalidOperationException("The tournament does not end.");
        }
        return this;
    }

    private void PlayHonest()
    {
        var player = new TournamentPlayer(_truth, _ => s_witness);
        for (TournamentMove? move; (move = player.NextMove(Tournament, Now)) is not null; HonestMoves++) Accept(move, Honest);
    }

    private void PlayFalse()
    {
        for (; _joiners.Count > 0 && _joiners[0].JoinAt <= Now; _joiners.RemoveAt(0))
        {
            Accept(new TournamentPlayer(_joiners[0].Tree, _ => s_witness).NextMove(Tournament, Now)!, _joiners[0].Owner);
            TournamentClaim claim = Tournament.Claims[^1];
            _trees.Add(claim, _joiners[0].Tree);
            _sybils.Add(claim, _joiners[0].Sybil);
        }
        foreach (TournamentMatch match in Tournament.OpenMatches.ToArray())
        {
            if (match.Phase == MatchPhase.Decided) continue;
            TournamentClaim? mover = match.Phase == MatchPhase.Bisecting ? match.Mover : _trees.ContainsKey(match.First) ? match.First : match.Second;
            if (!_sybils.TryGetValue(mover, out Sybil sybil) || !Moves(match, mover, sybil)) continue;
            if (new TournamentPlayer(_trees[mover], _ => s_witness).Play(Tournament, match, mover, Now) is { } move) Accept(move, mover.Poster);
        }
    }

    private bool Moves(TournamentMatch match, TournamentClaim mover, Sybil sybil) => sybil switch
    {
        Sybil.Absent => false,
        Sybil.Prompt => true,
        Sybil.LastMoment => Now + Hour > match.Deadline,
        Sybil.Erratic => _random.Next(12) == 0,
        _ => match.Phase == MatchPhase.Bisecting && (IsAgainstSilence(match) || Wins(match, mover) && Now + Hour > match.Deadline),
    };

    private bool IsAgainstSilence(TournamentMatch match) => !_isHeard && Now > 0 && (!_trees.ContainsKey(match.First) || !_trees.ContainsKey(match.Second));

    // Against the true claim nothing helps but silence; among the others the least demoted is kept.
    private bool Wins(TournamentMatch match, TournamentClaim mover) =>
        (!_isHeard || match.Group.Members.All(_trees.ContainsKey)) && match.Group.Members.Where(_trees.ContainsKey).MinBy(static member => (member.Demotions, member.Id)) == mover;

    private void Accept(TournamentMove move, in L1Address sender) => Assert.Equal(TournamentResult.Accepted, Tournament.Apply(move, sender, Now));

    private ClaimTree Tree(int height, int lieAt)
    {
        var tree = new ClaimTree(height);
        Digest32 root = World.Root(0);
        for (int step = 0; step < (int)Tournament.Steps; step++) tree.Append(root = step == lieAt ? World.Root(_random.Next()) : Next(root, (ulong)step));
        return tree;
    }

    private static Digest32 Next(in Digest32 root, ulong step) => Hashing.Pair(root, World.Root((int)step));

    private static StepVerdict Check(in Digest32 preRoot, in Digest32 postRoot, ulong step, ReadOnlySpan<byte> witness) =>
        !witness.SequenceEqual(s_witness) ? StepVerdict.Unreadable : Next(preRoot, step) == postRoot ? StepVerdict.Confirmed : StepVerdict.Refuted;

    internal static L1Address Account(int number)
    {
        Span<byte> bytes = stackalloc byte[L1Address.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return new L1Address(bytes);
    }
}
