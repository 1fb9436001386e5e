using System.Collections.Immutable;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Takes in final headers, at most one proof of a shard in a block, and freezes the shards that bring none. A header of
/// the epoch before still counts, so that what is certified at an epoch's end is not lost.
/// </summary>
/// <remarks>
/// <para>
/// Heights may be skipped. The chain from tip to tip is then not shown, but certified: inside a run two quorums share an
/// honest member, which finalizes nothing beside what it finalized before, so that a final header descends from every
/// lower final one; and an honest member of the next run, of the next moment or epoch, starts on nothing but the terminal block
/// that the run before finalized, or on what the beacon named when it froze, cut or made the shard. Where a proof does
/// reach down to the tip or its child, it has to fit.
/// </para>
/// <para>
/// Final headers that an honest node holds reach the beacon within the stall window; one that is kept back for longer
/// loses its authority with the freeze.
/// </para>
/// </remarks>
internal static class AnchorStep
{
    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<FinalityProof> anchors)
    {
        BeaconState state = step.State;
        ImmutableSortedDictionary<ShardId, ShardStanding>.Builder shards = state.Shards.ToBuilder();
        var instances = new OrderingInstance[anchors.Count];
        for (int i = 0; i < anchors.Count; i++)
        {
            FinalityProof anchor = anchors[i];
            MicroHeader first = anchor.Header;
            if (i > 0 && anchors[i - 1].Header.Shard.CompareTo(first.Shard) >= 0) return new BeaconVerdict(BeaconResult.AnchorsNotSorted, i);
            if (first.ChainId != step.Options.ChainId || !shards.TryGetValue(first.Shard, out ShardStanding? before)) return new BeaconVerdict(BeaconResult.UnknownShard, i);
            if (before.FrozenEpoch is not null) return new BeaconVerdict(BeaconResult.ShardFrozen, i);
            if (state.RunsOf(first.Shard, first.Epoch) is not { } runs) return new BeaconVerdict(BeaconResult.WrongAnchorEpoch, i);
            // What names none of the epoch's runs is held against the one in force, and fails there.
            int begun = runs.MomentAt(first.Shard, state.Height - 1), moment = runs.Find(step.Options, first.Shard, first.Instance) ?? begun;
            int order = before.Anchored is { } last ? (first.Epoch, moment).CompareTo((last.Epoch, before.Moment)) : 1;
            if (moment > begun || order < 0) return new BeaconVerdict(BeaconResult.WrongAnchorEpoch, i);
            if (order == 0 && before.HasEnded || Tip(anchor) is not { } tip || !Continues(anchor, tip, before.Tip)) return new BeaconVerdict(BeaconResult.BrokenHeaderChain, i);
            instances[i] = runs.InstanceOf(step.Options, first.Shard, moment);
            bool hasEnded = tip.Kind == MicroBlockKind.Terminal;
            MicroHeader? seal = anchor.Headers.LastOrDefault(header => header.Kind != MicroBlockKind.Closing && !header.StateRoot.IsZero);
            shards[first.Shard] = before with
            {
                Tip = new OrderingAnchor(tip.Hash, tip.Height, tip.TimeMs), AnchoredAt = state.Height, Moment = moment, HasEnded = hasEnded,
                EndedEpoch = hasEnded && moment == runs.LastOf(first.Shard) ? tip.Epoch : before.EndedEpoch,
                Anchored = new AnchorEntry(first.Shard, tip.Epoch, tip.Height, tip.Hash, tip.TimeMs, tip.ReceiptsRoot,
                    seal?.Height ?? before.Anchored?.StateHeight ?? 0, seal?.StateRoot ?? before.Anchored?.StateRoot ?? default),
            };
        }
        if (step.ChecksSignatures)
        {
            var results = new CertificateResult[anchors.Count];
            Parallel.For(0, anchors.Count, new ParallelOptions { MaxDegreeOfParallelism = step.Options.MaxDegreeOfParallelism }, i =>
                results[i] = anchors[i].Verify(instances[i], step.Options.SchemeOf(instances[i].Committee), Convicted(state, instances[i].Committee)));
            int bad = Array.FindIndex(results, result => result != CertificateResult.Valid);
            if (bad >= 0) return new BeaconVerdict(BeaconResult.BadCertificate, bad, results[bad]);
        }
        step.State = state with { Shards = shards.ToImmutable() };
        return BeaconVerdict.Valid;
    }

    /// <summary>Ends the authority of every shard's committees that brought no header for the stall window.</summary>
    public static void Freeze(BeaconStep step)
    {
        BeaconState state = step.State;
        foreach ((ShardId shard, ShardStanding standing) in state.Shards)
        {
            if (standing.FrozenEpoch is not null || state.HasEnded(shard) || standing is { First: not null, Anchored: null } || state.Height - standing.AnchoredAt < (ulong)step.Options.StallBlocks) continue;
            step.Outputs.Add(new FreezeRecord(shard, state.Epoch, standing.Tip.Height, standing.Tip.Hash, state.Height));
            step.State = step.State with { Shards = step.State.Shards.SetItem(shard, standing with { FrozenEpoch = state.Epoch }) };
        }
    }

    // What the next epoch goes on from: closing blocks are never handed over.
    private static MicroHeader? Tip(FinalityProof anchor) => anchor.Headers.LastOrDefault(header => header.Kind != MicroBlockKind.Closing);

    private static bool Continues(FinalityProof anchor, MicroHeader tip, in OrderingAnchor before)
    {
        if (tip.Height <= before.Height) return false;
        ulong first = anchor.Header.Height;
        if (first > before.Height) return first > before.Height + 1 || anchor.Header.Parent == before.Hash;
        return anchor.Headers[(int)(before.Height - first)].Hash == before.Hash;
    }

    // Convicted members keep their places, so that certificates stay readable; their votes weigh nothing.
    private static bool[] Convicted(BeaconState state, Committee committee) => state.Registry.Convicted == 0 ? [] :
        [.. committee.Members.Select(member => state.Registry.TryGet(member.PublicKey, out ValidatorRecord? record) && record.IsConvicted)];
}
