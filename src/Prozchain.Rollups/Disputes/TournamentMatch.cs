namespace Prozchain.Rollups.Disputes;

/// <summary>What a match waits for.</summary>
public enum MatchPhase : byte
{
    /// <summary>The side to move opens its subtree.</summary>
    Bisecting,

    /// <summary>Anybody executes the transaction, until the longer clock has run out.</summary>
    Sealed,

    /// <summary>It is decided.</summary>
    Decided,
}

/// <summary>Two claims search for the first root on which they differ.</summary>
/// <remarks>
/// The side to move shows the two children of its subtree (<see cref="Parent"/>); those of the other side's are known
/// (<see cref="Left"/>, <see cref="Right"/>). Where the left ones differ the search goes on there, else on the right, and
/// the turn passes. So each level costs one move. Storage: <c>(uint32 first, uint32 second, bytes32 parent, bytes32 left,
/// bytes32 right, uint64 position, uint8 level, bool secondToMove, uint8 phase, uint64 turnStart, uint64[2] clocks,
/// uint8[2] extensions)</c>; once sealed, parent, left and right hold the agreed root and the roots of both sides.
/// </remarks>
public sealed class TournamentMatch
{
    internal readonly TournamentGroup Group;
    private ulong _clockOfFirst, _clockOfSecond;
    private uint _extensionsOfFirst, _extensionsOfSecond;

    internal TournamentMatch(long id, TournamentGroup group, TournamentClaim first, TournamentClaim second, int height, ulong clock, ulong now)
    {
        (Id, Group, First, Second, Level, TurnStart) = (id, group, first, second, height, now);
        (Parent, Left, Right) = (first.Claim.Root, second.Left, second.Right);
        _clockOfFirst = _clockOfSecond = clock;
    }

    /// <summary>Number of the match, from 0.</summary>
    public long Id { get; }

    /// <summary>The claim that moves first.</summary>
    public TournamentClaim First { get; }

    /// <summary>The other claim.</summary>
    public TournamentClaim Second { get; }

    /// <summary>What the match waits for.</summary>
    public MatchPhase Phase { get; private set; }

    /// <summary>Whether the second claim is to move.</summary>
    public bool SecondToMove { get; private set; }

    /// <summary>Height of the subtree in which the claims differ: moves until its first differing leaf is known.</summary>
    public int Level { get; private set; }

    /// <summary>Index of that subtree on its level; once sealed, of the disputed transaction.</summary>
    public ulong Position { get; private set; }

    /// <summary>Root of that subtree of the side to move; once sealed, the agreed state root.</summary>
    public Digest32 Parent { get; private set; }

    /// <summary>Left child of that subtree of the waiting side; once sealed, the first claim's root after the transaction.</summary>
    public Digest32 Left { get; private set; }

    /// <summary>Right child of the same; once sealed, the second claim's root after the transaction.</summary>
    public Digest32 Right { get; private set; }

    /// <summary>When the clock in question was started.</summary>
    public ulong TurnStart { get; private set; }

    /// <summary>The claim to move.</summary>
    public TournamentClaim Mover => SecondToMove ? Second : First;

    /// <summary>Seconds that a side has left for all its moves, as of the start of this turn.</summary>
    public ulong Clock(bool second) => second ? _clockOfSecond : _clockOfFirst;

    /// <summary>Last second at which the awaited move counts.</summary>
    public ulong Deadline => TurnStart + (Phase == MatchPhase.Sealed ? Math.Max(_clockOfFirst, _clockOfSecond) : Clock(SecondToMove));

    internal bool IsBetween(TournamentClaim one, TournamentClaim other) => First == one && Second == other || First == other && Second == one;

    internal bool TryAdvance(AdvanceMove move)
    {
        if (Hashing.Pair(move.Left, move.Right) != Parent) return false;
        bool left = move.Left != Left;
        if (Hashing.Pair(move.NewLeft, move.NewRight) != (left ? move.Left : move.Right)) return false;
        (Parent, Left, Right) = (left ? Left : Right, move.NewLeft, move.NewRight);
        Position = 2 * Position + (left ? 0UL : 1UL);
        Level--;
        return true;
    }

    internal bool TrySeal(SealMove move, int height, in Digest32 initialRoot)
    {
        if (Hashing.Pair(move.Left, move.Right) != Parent) return false;
        bool left = move.Left != Left;
        ulong position = 2 * Position + (left ? 0UL : 1UL);
        bool agreed = position == 0
            ? move.PreRoot == initialRoot && move.Opening.IsEmpty
            : Claim.VerifyOpening(Mover.Claim.Root, height, position - 1, move.PreRoot, move.Opening.Span);
        if (!agreed) return false;
        (Digest32 mine, Digest32 theirs) = left ? (move.Left, Left) : (move.Right, Right);
        (Parent, Left, Right) = SecondToMove ? (move.PreRoot, theirs, mine) : (move.PreRoot, mine, theirs);
        (Position, Level, Phase) = (position, 0, MatchPhase.Sealed);
        return true;
    }

    /// <summary>Stops the mover's clock and starts the other's, raised to the extension if it stands lower.</summary>
    internal void PassTurn(ulong now, TournamentParameters parameters)
    {
        Spend(SecondToMove, now - TurnStart);
        (SecondToMove, TurnStart) = (!SecondToMove, now);
        if (Phase == MatchPhase.Sealed)
        {
            Extend(false, parameters);
            Extend(true, parameters);
        }
        else
        {
            Extend(SecondToMove, parameters);
        }
    }

    internal void Decide() => Phase = MatchPhase.Decided;

    private void Spend(bool second, ulong elapsed)
    {
        if (second) _clockOfSecond -= elapsed;
        else _clockOfFirst -= elapsed;
    }

    private void Extend(bool second, TournamentParameters parameters)
    {
        ref ulong clock = ref second ? ref _clockOfSecond : ref _clockOfFirst;
        ref uint extensions = ref second ? ref _extensionsOfSecond : ref _extensionsOfFirst;
        if (clock >= parameters.Extension || extensions >= parameters.MaxExtensions) return;
        clock = parameters.Extension;
        extensions++;
    }
}

/// <summary>Claims of one round that play against each other.</summary>
internal sealed class TournamentGroup(TournamentClaim[] members)
{
    public readonly TournamentClaim[] Members = members;
    public int OpenMatches;
}
