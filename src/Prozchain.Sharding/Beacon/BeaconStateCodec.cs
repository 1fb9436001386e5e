using System.Buffers;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// The wire form of a beacon's state, docs/formats/sharding-beacon.md. What follows from the rest (epoch, revealers, who is
/// scheduled, the ledger's sums) is not written, and what is written has to fit together such that the fold can go on from it.
/// </summary>
internal static class BeaconStateCodec
{
    private const int MaxLayoutBytes = 1 << 23, MaxOutputBytes = 1 << 8, MaxOutputs = 1 << 20;

    /// <summary>Writes the state, or what its root is the hash of: the same with hashes in place of what changes once in an epoch.</summary>
    public static void Write(BeaconState state, IBufferWriter<byte> output, bool isHashed)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteByte(state.Header is null ? (byte)0 : (byte)1);
        state.Header?.Write(output);
        foreach (Digest seed in (ReadOnlySpan<Digest>)[state.PreviousRuns?.Seed ?? default, state.Seed, state.NextSeed, state.Round.Mix]) writer.WriteBytes32(seed.Bytes);
        writer.WriteVarint((ulong)state.Round.Outputs.Length);
        foreach (Digest? revealed in state.Round.Outputs)
        {
            writer.WriteByte(revealed is null ? (byte)0 : (byte)1);
            if (revealed is { } value) writer.WriteBytes32(value.Bytes);
        }
        if (isHashed) writer.WriteBytes32(state.Layout.Hash().Bytes);
        else BeaconWire.WriteBytes(output, BeaconWire.Encode(state.Layout.Write));
        foreach (ValidatorSet set in (ReadOnlySpan<ValidatorSet>)[state.Validators, state.NextValidators, state.LastSet])
            if (isHashed) writer.WriteBytes32(set.Digest.Bytes); else set.Write(output);
        foreach (CommitteeAssignment? committees in (ReadOnlySpan<CommitteeAssignment?>)[state.PreviousRuns?.Drawn, state.Current.Ordering, state.Current.Attestation, state.Next.Ordering, state.Next.Attestation])
            if (isHashed) writer.WriteBytes32((committees?.Hash ?? default).Bytes); else committees?.Write(output);
        state.PreviousRuns?.WriteRest(output, isHashed);
        state.Runs.WriteRest(output, isHashed);
        RotationStart.Write(state.NextStart, output, isHashed);
        RegistryCodec.Write(state.Registry, output);
        foreach (ShardStanding standing in state.Shards.Values) standing.Write(output);
        writer.WriteVarint((ulong)state.Changes.Count);
        foreach (OpenChange change in state.Changes.Values) change.Write(output);
        writer.WriteByte(state.Decided is null ? (byte)0 : (byte)1);
        state.Decided?.Write(output);
        writer.WriteVarint((ulong)state.Outputs.Count);
        for (int i = 0; i < state.Outputs.Count; i++) BeaconWire.WriteBytes(output, state.Outputs.Encoding(i).Span);
    }

    public static ReadResult Read(ref WireReader reader, BeaconOptions options, out BeaconState state)
    {
        state = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadByte(out byte begun)) return ReadResult.Truncated;
        if (begun > 1) return ReadResult.NotCanonical;
        BeaconHeader? header = null;
        if (begun == 1 && (result = BeaconHeader.Read(ref reader, out header)) != ReadResult.Ok) return result;
        ulong perEpoch = (ulong)options.BlocksPerEpoch, height = header?.Height ?? 0, epoch = height / perEpoch;
        if (!(reader.TryReadBytes32(out Bytes32 seedBefore) && reader.TryReadBytes32(out Bytes32 seed) && reader.TryReadBytes32(out Bytes32 next) && reader.TryReadBytes32(out Bytes32 mix))) return ReadResult.Truncated;
        if (header is not null && (header.ChainId != options.ChainId || header.Epoch != (height - 1) / perEpoch) || epoch == 0 && !seedBefore.IsZero) return ReadResult.NotCanonical;
        result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxReveals, 1, ReadRevealed, out Digest?[] revealed);
        if (result != ReadResult.Ok) return result;
        if (revealed.Length != (options.Reveals?.Slots ?? 0)) return ReadResult.NotCanonical;
        result = ReadLayout(ref reader, options, epoch, out ShardLayout layout);
        if (result != ReadResult.Ok) return result;
        var sets = new ValidatorSet[3];
        for (int i = 0; i < sets.Length; i++)
        {
            result = ValidatorSet.Read(ref reader, out sets[i]);
            if (result != ReadResult.Ok) return result;
            if (sets[i].Members.Count == 0) return ReadResult.NotCanonical;
        }
        CommitteeAssignment? previous = null;
        if (epoch > 0 && (result = AssignmentCodec.Read(ref reader, epoch - 1, out previous)) != ReadResult.Ok) return result;
        result = ReadCommittees(ref reader, epoch, layout, options.Topology.IsMadeWithinEpoch, sets[0], out CommitteeSet current);
        if (result != ReadResult.Ok) return result;
        result = ReadCommittees(ref reader, epoch + 1, layout, mayHaveEnded: false, sets[1], out CommitteeSet following);
        if (result != ReadResult.Ok) return result;
        OrderingRuns? before = null;
        if (previous is not null && (result = OrderingRuns.ReadRest(ref reader, options, previous, new Digest(seedBefore), out before)) != ReadResult.Ok) return result;
        result = OrderingRuns.ReadRest(ref reader, options, current.Ordering, new Digest(seed), out OrderingRuns runs);
        if (result != ReadResult.Ok) return result;
        result = RotationStart.Read(ref reader, options, following.Ordering, out RotationStart? start);
        if (result != ReadResult.Ok) return result;
        result = RegistryCodec.Read(ref reader, options.Registry, out ValidatorRegistry registry);
        if (result != ReadResult.Ok) return result;
        if (sets.Any(set => set.Members.Any(member => !registry.Records.ContainsKey(member.PublicKey)))) return ReadResult.NotCanonical;
        var shards = ImmutableSortedDictionary.CreateBuilder<ShardId, ShardStanding>();
        foreach (ShardId shard in layout.Shards.Select(shard => shard.Id).Order())
        {
            result = ShardStanding.Read(ref reader, options, shard, height, out ShardStanding standing);
            if (result != ReadResult.Ok) return result;
            shards.Add(shard, standing);
        }
        var read = new BeaconState
        {
            Header = header, Epoch = epoch, Layout = layout, Validators = sets[0], NextValidators = sets[1], LastSet = sets[2], Seed = new Digest(seed), NextSeed = new Digest(next),
            PreviousRuns = before, Runs = runs, NextStart = start, Current = current, Next = following, Registry = registry, Shards = shards.ToImmutable(),
            Height = height, TimeMs = header?.TimeMs ?? 0, Round = RevealRound.Begin(new Digest(mix), new Digest(seed), sets[0], revealed.Length) with { Outputs = [.. revealed] },
        };
        result = ReadChanges(ref reader, options, ref read);
        if (result != ReadResult.Ok) return result;
        result = ReadDecided(ref reader, options, ref read);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadList(ref reader, MaxOutputs, 1, ReadOutput, out byte[][] outputs);
        if (result != ReadResult.Ok) return result;
        foreach (byte[] output in outputs)
            if (!read.Outputs.TryAdd(output)) return ReadResult.NotCanonical;
        if (!Holds(read) || !CanGoOn(options, read)) return ReadResult.NotCanonical;
        state = read;
        return ReadResult.Ok;
    }

    // What the header, whose hash validators certify, says of the state that its block leads to.
    private static bool Holds(BeaconState state)
    {
        if (state.Header is not { } header) return state.Outputs.Count == 0;
        AnchorEntry[] entries = state.AnchorEntries();
        bool sameSets = header.Epoch == state.Epoch
            ? header.Validators == state.Validators.Digest && header.NextValidators == state.NextValidators.Digest
            : header.NextValidators == state.Validators.Digest;
        return sameSets && header.Anchors == entries.Length && header.AnchorRoot == AnchorEntry.RootOf(entries) && header.Outputs == state.Outputs.Count && header.OutputRoot == state.Outputs.Root;
    }

    // The next epochs' committees can be drawn.
    private static bool CanGoOn(BeaconOptions options, BeaconState state)
    {
        Func<IReadOnlyList<Validator>, bool> fills = CommitteeDraw.Filler(options, TopologyStep.ShardsToFill(state));
        return fills(state.NextValidators.Members) && fills(state.LastSet.Members);
    }

    private static ReadResult ReadLayout(ref WireReader reader, BeaconOptions options, ulong epoch, out ShardLayout layout)
    {
        layout = null!;
        ReadResult result = BeaconWire.ReadCount(ref reader, MaxLayoutBytes, 1, out int length);
        if (result != ReadResult.Ok) return result;
        reader.TryReadSpan(length, out ReadOnlySpan<byte> bytes);
        result = ShardLayout.TryRead(bytes, out ShardLayout? read);
        if (result != ReadResult.Ok) return result == ReadResult.Truncated ? ReadResult.NotCanonical : result;
        if (read!.Lineage.Last().BornEpoch > epoch || read.Classes.Any(rules => !CommitteeDraw.Has(options, rules))) return ReadResult.NotCanonical;
        layout = read;
        return ReadResult.Ok;
    }

    private static ReadResult ReadCommittees(ref WireReader reader, ulong epoch, ShardLayout layout, bool mayHaveEnded, ValidatorSet set, out CommitteeSet committees)
    {
        committees = null!;
        ReadResult result = AssignmentCodec.Read(ref reader, epoch, out CommitteeAssignment ordering);
        if (result != ReadResult.Ok) return result;
        result = AssignmentCodec.Read(ref reader, epoch, out CommitteeAssignment attestation);
        if (result != ReadResult.Ok) return result;
        if (!ordering.IsOf(layout, mayHaveEnded, set) || !attestation.IsOf(layout, mayHaveEnded, set)) return ReadResult.NotCanonical;
        committees = new CommitteeSet(ordering, attestation);
        return ReadResult.Ok;
    }

    private static ReadResult ReadChanges(ref WireReader reader, BeaconOptions options, ref BeaconState state)
    {
        ReadResult result = BeaconWire.ReadCount(ref reader, ShardLayout.MaxShards, 1, out int count);
        if (result != ReadResult.Ok) return result;
        var changes = ImmutableSortedDictionary.CreateBuilder<ShardId, OpenChange>();
        for (ShardId last = default; count > 0; count--)
        {
            result = TopologyProposal.Read(ref reader, out TopologyProposal proposal);
            if (result != ReadResult.Ok) return result;
            if (!reader.TryReadUInt64(out ulong since)) return ReadResult.Truncated;
            ShardId key = TopologyStep.KeyOf(proposal);
            if (key <= last || (proposal.NewClass is { } rules ? options.Topology.IsMadeWithinEpoch || !CommitteeDraw.Has(options, rules) : !proposal.Action.IsPossible(state.Layout))) return ReadResult.NotCanonical;
            Committee? target = proposal.NewClass is null ? state.TargetOf(proposal.Action, options.Topology.IsMadeWithinEpoch) : null;
            result = BeaconWire.ReadCount(ref reader, target?.Members.Count ?? 0, 1, out int ready);
            if (result != ReadResult.Ok) return result;
            var change = new OpenChange(proposal, since);
            for (int after = -1; ready > 0; ready--)
            {
                result = BeaconWire.ReadCount(ref reader, target!.Members.Count - 1, 0, out int member);
                if (result != ReadResult.Ok) return result;
                if (member <= after) return ReadResult.NotCanonical;
                change = change.With(after = member, target);
            }
            changes.Add(last = key, change);
        }
        state = state with { Changes = changes.ToImmutable() };
        return ReadResult.Ok;
    }

    private static ReadResult ReadDecided(ref WireReader reader, BeaconOptions options, ref BeaconState state)
    {
        if (!reader.TryReadByte(out byte has)) return ReadResult.Truncated;
        if (has > 1) return ReadResult.NotCanonical;
        if (has == 0) return ReadResult.Ok;
        if (!reader.TryReadSpan(TopologyChange.Size, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
        ReadResult result = TopologyChange.TryRead(bytes, out TopologyChange? decided);
        if (result != ReadResult.Ok) return result;
        bool isOpen = state.Changes.TryGetValue(decided!.Action.Shard, out OpenChange? change) && change.Proposal.NewClass is null && change.Proposal.Action == decided.Action && change.IsScheduled;
        if (!options.Topology.IsMadeWithinEpoch || !isOpen || !decided.Fits(state.Layout) || decided.Epoch > state.Epoch || decided.ActivationMs > state.TimeMs) return ReadResult.NotCanonical;
        CommitteeAssignment? before = state.PreviousRuns?.Drawn;
        if (decided.Epoch < state.Epoch && decided.Parts.Any(shard => before?.TryGet(shard, out _) != true)) return ReadResult.NotCanonical;
        state = state with { Decided = decided };
        return ReadResult.Ok;
    }

    private static ReadResult ReadRevealed(ref WireReader reader, out Digest? revealed)
    {
        revealed = null;
        if (!reader.TryReadByte(out byte came)) return ReadResult.Truncated;
        if (came > 1) return ReadResult.NotCanonical;
        if (came == 0) return ReadResult.Ok;
        if (!reader.TryReadBytes32(out Bytes32 output)) return ReadResult.Truncated;
        revealed = new Digest(output);
        return ReadResult.Ok;
    }

    private static ReadResult ReadOutput(ref WireReader reader, out byte[] output) => BeaconWire.ReadBytes(ref reader, MaxOutputBytes, out output);
}
