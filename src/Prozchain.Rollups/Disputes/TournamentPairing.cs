namespace Prozchain.Rollups.Disputes;

/// <summary>Who plays whom: claims wait by how often they were demoted, and are taken from the least demoted up.</summary>
internal sealed class TournamentPairing
{
    private readonly TournamentParameters _parameters;

    // By demotions. Those that wait for the next round, and those of this round that are in no group yet.
    private List<TournamentClaim>[] _waiting, _taking;
    private int _bucket, _index, _left;

    public TournamentPairing(TournamentParameters parameters)
    {
        _parameters = parameters;
        _waiting = Buckets();
        _taking = Buckets();
    }

    public int Rounds { get; private set; }

    public long Matches { get; private set; }

    public Dictionary<long, TournamentMatch> Open { get; } = [];

    public void Wait(TournamentClaim claim) => _waiting[claim.Demotions].Add(claim);

    // A round begins when two are left and nothing of the last one is open.
    public bool CanForm(int survivors) => _left > 0 || Open.Count == 0 && survivors > 1;

    /// <summary>Number of groups formed.</summary>
    public int Form(int maxGroups, int height, ulong now)
    {
        if (_left == 0) Begin();
        int formed = 0;
        for (; formed < maxGroups && _left > 0; formed++)
        {
            var members = new TournamentClaim[Math.Min(_left, _parameters.GroupSize)];
            for (int i = 0; i < members.Length; i++) members[i] = Take();
            Start(new TournamentGroup(members), height, now);
        }
        return formed;
    }

    /// <summary>Decides a match; when it was the last of its group, its members go on. Number of claims that are out by that.</summary>
    public int Close(TournamentMatch match)
    {
        match.Decide();
        Open.Remove(match.Id);
        match.First.Matches.Remove(match);
        match.Second.Matches.Remove(match);
        return --match.Group.OpenMatches == 0 ? Finish(match.Group) : 0;
    }

    private void Begin()
    {
        (_waiting, _taking) = (_taking, _waiting);
        (_bucket, _index, _left) = (0, 0, 0);
        foreach (List<TournamentClaim> bucket in _waiting) bucket.Clear();
        foreach (List<TournamentClaim> bucket in _taking) _left += bucket.Count;
        Rounds++;
    }

    private TournamentClaim Take()
    {
        while (_index == _taking[_bucket].Count) (_bucket, _index) = (_bucket + 1, 0);
        _left--;
        return _taking[_bucket][_index++];
    }

    private void Start(TournamentGroup group, int height, ulong now)
    {
        foreach (TournamentClaim member in group.Members) member.HasLostRound = false;
        for (int i = 0; i < group.Members.Length; i++)
            for (int j = 0; j < i; j++)
            {
                var match = new TournamentMatch(Matches++, group, group.Members[i], group.Members[j], height, _parameters.Clock, now);
                Open.Add(match.Id, match);
                match.First.Matches.Add(match);
                match.Second.Matches.Add(match);
                group.OpenMatches++;
            }
        // Alone in the last group: won.
        if (group.OpenMatches == 0) Finish(group);
    }

    private int Finish(TournamentGroup group)
    {
        int gone = 0;
        foreach (TournamentClaim member in group.Members)
        {
            if (member.IsOut) continue;
            if (member.HasLostRound && ++member.Demotions >= _parameters.MaxDemotions)
            {
                member.IsOut = true;
                gone++;
            }
            else
            {
                Wait(member);
            }
        }
        return gone;
    }

    private List<TournamentClaim>[] Buckets()
    {
        var buckets = new List<TournamentClaim>[_parameters.MaxDemotions];
        for (int i = 0; i < buckets.Length; i++) buckets[i] = [];
        return buckets;
    }
}
