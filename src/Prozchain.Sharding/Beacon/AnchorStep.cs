using System.Collections.Immutable;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Takes in certified headers, and freezes the shards that bring none. A header of the epoch before still counts, so that
/// what is certified at an epoch's end is not lost. Every final header that an honest node holds reaches the beacon within
/// the stall window; one that is kept back for longer loses its authority with the freeze.
/// </summary>
internal static class AnchorStep
{
    public static int Order(ShardHeader a, ShardHeader b)
    {
        int order = a.Shard.CompareTo(b.Shard);
        return order != 0 ? order : a.Height.CompareTo(b.Height);
    }

    public static BeaconVerdict Apply(BeaconStep step, IReadOnlyList<Anchor> anchors)
    {
        BeaconState state = step.State;
        ImmutableSortedDictionary<ShardId, ShardStanding>.Builder shards = state.Shards.ToBuilder();
        var batch = new List<SignedMessage>();
        var ends = new int[anchors.Count];
        for (int i = 0; i < anchors.Count; i++)
        {
            ShardHeader header = anchors[i].Header;
            if (i > 0 && Order(anchors[i - 1].Header, header) >= 0) return new BeaconVerdict(BeaconResult.AnchorsNotSorted, i);
            if (header.ChainId != step.Options.ChainId || !shards.TryGetValue(header.Shard, out ShardStanding? before)) return new BeaconVerdict(BeaconResult.UnknownShard, i);
            if (before.FrozenEpoch is not null) return new BeaconVerdict(BeaconResult.ShardFrozen, i);
            if (header.Epoch < before.AuthorityFrom || !TryGetCommittee(state, header, out Committee? committee)) return new BeaconVerdict(BeaconResult.WrongAnchorEpoch, i);
            if (header.Height != before.TipHeight + 1 || header.Parent != before.TipHash) return new BeaconVerdict(BeaconResult.BrokenHeaderChain, i);
            int from = batch.Count;
            CertificateResult shape = anchors[i].Certificate.CheckShape(committee, header.Hash, batch);
            if (shape == CertificateResult.Valid && !HoldsWithoutConvicted(state, committee, batch, from)) shape = CertificateResult.TooFewSeats;
            if (shape != CertificateResult.Valid) return new BeaconVerdict(BeaconResult.BadCertificate, i, shape);
            ends[i] = batch.Count;
            shards[header.Shard] = before with { TipHeight = header.Height, TipHash = header.Hash, AnchoredAt = state.Height, AuthorityFrom = header.Epoch, Header = header };
        }
        if (step.Verifier is { } verifier)
        {
            var valid = new bool[batch.Count];
            verifier.VerifyMany(batch.ToArray(), valid, step.Options.MaxDegreeOfParallelism);
            int bad = Array.IndexOf(valid, false);
            if (bad >= 0) return new BeaconVerdict(BeaconResult.BadCertificate, Array.FindIndex(ends, end => bad < end), CertificateResult.BadSignature);
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
            if (standing.FrozenEpoch is not null || state.Height - standing.AnchoredAt < (ulong)step.Options.StallBlocks) continue;
            step.Outputs.Add(new FreezeRecord(shard, state.Epoch, standing.TipHeight, standing.TipHash, state.Height));
            step.State = step.State with { Shards = step.State.Shards.SetItem(shard, standing with { FrozenEpoch = state.Epoch }) };
        }
    }

    private static bool TryGetCommittee(BeaconState state, ShardHeader header, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Committee? committee)
    {
        committee = null;
        if (header.Epoch == state.Epoch) return state.Committees.TryGet(header.Shard, out committee);
        return header.Epoch + 1 == state.Epoch && state.PreviousCommittees?.TryGet(header.Shard, out committee) == true;
    }

    // Convicted members keep their places, so that bitmaps stay readable; their votes weigh nothing.
    private static bool HoldsWithoutConvicted(BeaconState state, Committee committee, List<SignedMessage> batch, int from)
    {
        if (state.Registry.Convicted == 0) return true;
        int seats = 0;
        for (int i = from; i < batch.Count; i++)
        {
            ReadOnlyMemory<byte> key = batch[i].PublicKey;
            if (state.Registry.TryGet(key, out ValidatorRecord? record) && record.IsConvicted) continue;
            seats += committee.Members.First(member => member.PublicKey.Span.SequenceEqual(key.Span)).Seats;
        }
        return seats >= committee.Quorum;
    }
}
