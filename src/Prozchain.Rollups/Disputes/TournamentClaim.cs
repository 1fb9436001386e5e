namespace Prozchain.Rollups.Disputes;

/// <summary>A claim in a <see cref="Tournament"/>.</summary>
/// <remarks>Storage: <c>(bytes32 root, bytes32 finalRoot, bytes32 left, bytes32 right, address poster, uint16 demotions, bool isOut, uint32 moves)</c>.</remarks>
public sealed class TournamentClaim
{
    internal readonly List<TournamentMatch> Matches = [];

    internal TournamentClaim(int id, JoinMove join, in L1Address poster)
    {
        (Id, Claim, Left, Right, Poster) = (id, join.Claim, join.Left, join.Right, poster);
    }

    /// <summary>Number of the claim, from 0 in order of joining.</summary>
    public int Id { get; }

    /// <summary>What is claimed.</summary>
    public Claim Claim { get; }

    /// <summary>Left child of the claim's root.</summary>
    public Digest32 Left { get; }

    /// <summary>Right child of the claim's root.</summary>
    public Digest32 Right { get; }

    /// <summary>Its matches that are not decided.</summary>
    public IReadOnlyList<TournamentMatch> OpenMatches => Matches;

    /// <summary>Who has its bond at stake.</summary>
    public L1Address Poster { get; }

    /// <summary>Rounds in which it failed to win its group.</summary>
    public int Demotions { get; internal set; }

    /// <summary>True once it was refuted, or demoted too often.</summary>
    public bool IsOut { get; internal set; }

    /// <summary>True once it lost a match of this round.</summary>
    public bool HasLostRound { get; internal set; }

    /// <summary>Moves made for it, by anybody.</summary>
    public int Moves { get; internal set; }
}
