using System.Collections.Immutable;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Bridge;

/// <summary>What the contracts logged, summed up: an immutable value, so that blocks that may still change are read again.</summary>
internal sealed record BridgeLedger
{
    public static BridgeLedger Empty { get; } = new();

    /// <summary>Deposits in the order of the queue: index, token, amount.</summary>
    public ImmutableList<(ulong Index, uint Token, UInt128 Amount)> Deposits { get; private init; } = [];

    /// <summary>Withdrawals taken by the bridge and payments by the hatch, by token.</summary>
    public ImmutableDictionary<uint, UInt128> Out { get; private init; } = ImmutableDictionary<uint, UInt128>.Empty;

    /// <summary>The newest claim about each batch that is not final: state root, exit root, time.</summary>
    public ImmutableSortedDictionary<ulong, (DerivedRoots Roots, ulong At)> Claims { get; private init; } = ImmutableSortedDictionary<ulong, (DerivedRoots, ulong)>.Empty;

    /// <summary>Challenges of data without an answer, by batch and chunk: the deadline.</summary>
    public ImmutableSortedDictionary<(ulong Batch, ulong Chunk), ulong> Challenges { get; private init; } = ImmutableSortedDictionary<(ulong, ulong), ulong>.Empty;

    public ImmutableSortedSet<ulong> Withheld { get; private init; } = [];

    /// <summary>When each forced item was queued.</summary>
    public ImmutableList<ulong> Queued { get; private init; } = [];

    public ulong ForcedTaken { get; private init; }

    public IEnumerable<uint> Tokens => Deposits.Select(deposit => deposit.Token).Concat(Out.Keys).Distinct().Order();

    /// <summary>Units deposited by items of the queue below an index.</summary>
    public UInt128 DepositedBelow(uint token, ulong index)
    {
        UInt128 sum = 0;
        foreach ((ulong at, uint of, UInt128 amount) in Deposits)
            if (of == token && at < index) sum += amount;
        return sum;
    }

    /// <summary>The ledger after one more log; one that it does not know changes nothing.</summary>
    public BridgeLedger After(in ChainLog log, WatchedContracts watched)
    {
        Digest32[] topics = log.TopicList();
        if (log.Contract == watched.Inbox)
        {
            if (InboxContract.TryRead(log, out InboxBatch batch)) return this with { ForcedTaken = batch.ForcedTaken };
            if (InboxContract.TryRead(log, out InboxForcedItem item)) return this with { Queued = Queued.Add(item.Timestamp) };
        }
        if (log.Contract == watched.Bridge)
        {
            if (Is(BridgeContract.Deposited, log, topics, out AbiValue v)) return this with { Deposits = Deposits.Add((v[0].ToUInt64(), (uint)v[2].ToUInt64(), v[3].ToUInt128())) };
            if (Is(BridgeContract.Withdrawn, log, topics, out v) || Is(BridgeContract.Delayed, log, topics, out v)) return Minus((uint)v[3].ToUInt64(), v[4].ToUInt128());
            return Is(BridgeContract.PaidOut, log, topics, out v) ? Minus((uint)v[1].ToUInt64(), v[2].ToUInt128()) : this;
        }
        if (log.Contract == watched.Challenges)
        {
            if (Is(DataChallengeContract.Challenged, log, topics, out AbiValue v)) return this with { Challenges = Challenges.SetItem((v[0].ToUInt64(), v[1].ToUInt64()), v[4].ToUInt64()) };
            if (Is(DataChallengeContract.Answered, log, topics, out v)) return this with { Challenges = Challenges.Remove((v[0].ToUInt64(), v[1].ToUInt64())) };
            return Is(DataChallengeContract.Withheld, log, topics, out v) ? Withhold(v[0].ToUInt64(), v[2].ToUInt64()) : this;
        }
        if (log.Contract != watched.Finality) return this;
        if (Is(FinalityViews.Claimed, log, topics, out AbiValue claim)) return Claim(claim[0], claim[5], claim[6], claim[7]);
        if (Is(ProvenChainContract.Proven, log, topics, out claim)) return Claim(claim[0], claim[1], claim[2], claim[3]);
        return Is(ProvenChainContract.Dropped, log, topics, out AbiValue dropped) ? this with { Claims = Claims.RemoveRange(Claims.Keys.Where(batch => batch >= dropped[0].ToUInt64())) } : this;
    }

    /// <summary>Forgets claims about batches that are final.</summary>
    public BridgeLedger WithoutFinal(ulong finalCount) => this with { Claims = Claims.RemoveRange(Claims.Keys.TakeWhile(batch => batch < finalCount)) };

    private static bool Is(AbiEvent type, in ChainLog log, Digest32[] topics, out AbiValue members) => type.TryDecode(topics, log.Data, out members) == AbiReadResult.Ok;

    private BridgeLedger Claim(AbiValue batch, AbiValue state, AbiValue exit, AbiValue when) =>
        this with { Claims = Claims.SetItem(batch.ToUInt64(), (new DerivedRoots(state.ToDigest(), exit.ToDigest()), when.ToUInt64())) };

    private BridgeLedger Minus(uint token, UInt128 amount) => this with { Out = Out.SetItem(token, Out.GetValueOrDefault(token) + amount) };

    private BridgeLedger Withhold(ulong first, ulong end)
    {
        ImmutableSortedSet<ulong>.Builder withheld = Withheld.ToBuilder();
        for (ulong batch = first; batch < end; batch++) withheld.Add(batch);
        return this with { Withheld = withheld.ToImmutable(), Challenges = Challenges.RemoveRange(Challenges.Keys.Where(key => key.Batch >= first && key.Batch < end)) };
    }
}
