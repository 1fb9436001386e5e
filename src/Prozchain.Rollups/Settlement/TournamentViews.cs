using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Evm;
using C = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Settlement;

/// <summary>What a <see cref="TournamentTwin"/> answers about its games.</summary>
internal static class TournamentViews
{
    public delegate void Adding(AbiFunction function, Func<TwinCall<TournamentTwin.Storage>, AbiValue, AbiValue[]> handler, bool isPayable = false);

    public static void Add(TournamentTwin twin, Adding on)
    {
        on(C.Game, (call, a) => Game(twin, call, a[0].ToUInt64()));
        on(C.Entrant, (call, a) => Entrant(Find(twin, call, a), a[1].ToDigest()));
        on(C.MatchesOf, (call, a) => [Matches(Find(twin, call, a), a[1].ToBool() ? null : a[2].ToUInt64())]);
        on(C.MatchAt, (call, a) => Match(Find(twin, call, a), (long)a[1].ToUInt64()));
    }

    private static Tournament Find(TournamentTwin twin, TwinCall<TournamentTwin.Storage> call, AbiValue a) => twin.Replay(TournamentTwin.Known(call, a[0].ToUInt64()));

    private static AbiValue[] Game(TournamentTwin twin, TwinCall<TournamentTwin.Storage> call, ulong id)
    {
        TournamentTwin.Record record = TournamentTwin.Known(call, id);
        Tournament t = twin.Replay(record);
        return
        [
            record.Batch, record.StartLeaf, record.BatchHead, t.JoinDeadline, (ulong)t.Claims.Count, (ulong)t.Survivors, (ulong)t.OpenMatches.Count, (ulong)t.Rounds,
            t.CanForm, t.CanConclude(call.Now), t.HasEnded,
        ];
    }

    private static AbiValue[] Entrant(Tournament tournament, Digest32 root) => tournament.Find(root) is { } found
        ? [true, (ulong)found.Id, found.Poster, (ulong)found.Demotions, found.IsOut]
        : [false, 0UL, default(L1Address), 0UL, false];

    private static AbiValue Matches(Tournament tournament, ulong? number)
    {
        IEnumerable<TournamentMatch> found = tournament.OpenMatches.Where(match => number is null || (ulong)match.First.Id == number || (ulong)match.Second.Id == number);
        return AbiValue.List([.. found.OrderBy(static match => match.Id).Select(static match => (AbiValue)(ulong)match.Id)]);
    }

    private static AbiValue[] Match(Tournament tournament, long id) => tournament.OpenMatches.FirstOrDefault(match => match.Id == id) is { } m
        ?
        [
            (ulong)m.First.Id, (ulong)m.Second.Id, m.Parent, m.Left, m.Right, (ulong)m.Level, m.Position, m.Phase == MatchPhase.Sealed, m.SecondToMove, m.Deadline,
        ]
        : [0UL, 0UL, default(Digest32), default(Digest32), default(Digest32), 0UL, 0UL, false, false, 0UL];
}
