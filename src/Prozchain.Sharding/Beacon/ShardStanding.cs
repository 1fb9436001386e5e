using System.Buffers;
using System.Collections.Immutable;
using Prozchain.Shared;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>What the beacon knows of a live shard. Immutable.</summary>
/// <param name="Tip">Its last anchored block, or at first that of what it was made from; for a merged shard the hash is a digest of both halves' tips.</param>
/// <param name="AnchoredAt">The beacon height at which it last moved, or began.</param>
/// <param name="AuthorityFrom">Committees of earlier epochs have no authority over it: they were frozen, or it did not exist.</param>
/// <param name="ReshapedEpoch">The epoch in which a split, a merge or a new class made it; null for a shard of the first layout.</param>
internal sealed record ShardStanding(OrderingAnchor Tip, ulong AnchoredAt, ulong AuthorityFrom, ulong? ReshapedEpoch)
{
    private const ulong None = ulong.MaxValue;

    /// <summary>Its last anchored header; null for a new shard.</summary>
    public AnchorEntry? Anchored { get; init; }

    /// <summary>The moment of its epoch's rotation whose committee certified <see cref="Anchored"/>; 0 for a new shard.</summary>
    public int Moment { get; init; }

    /// <summary>True if <see cref="Tip"/> is its run's terminal block: no block of that run comes after it.</summary>
    public bool HasEnded { get; init; }

    /// <summary>The last epoch whose terminal block, that of its last moment, was anchored: no block of that epoch comes after it.</summary>
    public ulong? EndedEpoch { get; init; }

    /// <summary>What a shard that a split or a merge made goes on from; null for another.</summary>
    public OrderingAnchor? Start { get; init; }

    /// <summary>
    /// The first run of a shard that was made within an epoch: nobody else has what it begins with. Its headers count for as long as
    /// none of a later run is anchored, and it is not frozen before the first one is.
    /// </summary>
    public OrderingRuns? First { get; init; }

    public bool IsFirst(ulong epoch) => First is { } first && first.Drawn.Epoch == epoch && !(Anchored?.Epoch > epoch);

    /// <summary>The epoch in which it was frozen; null while it is not.</summary>
    public ulong? FrozenEpoch { get; init; }

    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Anchored is null ? (byte)0 : (byte)1);
        if (Anchored is { } entry) entry.Write(output);
        else
        {
            WriteAnchor(writer, Tip);
        }
        foreach (ulong number in (ReadOnlySpan<ulong>)[AnchoredAt, AuthorityFrom, ReshapedEpoch ?? None, EndedEpoch ?? None, FrozenEpoch ?? None]) writer.WriteUInt64(number);
        writer.WriteVarint((ulong)Moment);
        writer.WriteByte(HasEnded ? (byte)1 : (byte)0);
        writer.WriteByte(Start is null ? (byte)0 : (byte)1);
        if (Start is { } start) WriteAnchor(writer, start);
        writer.WriteByte(First is null ? (byte)0 : (byte)1);
        if (First is not { } first) return;
        writer.WriteUInt64(first.Drawn.Epoch);
        writer.WriteBytes32(first.Seed.Bytes);
        first.Drawn.Write(output);
    }

    /// <summary>Reads what the beacon knows of a shard at a height.</summary>
    public static ReadResult Read(ref WireReader reader, BeaconOptions options, ShardId shard, ulong height, out ShardStanding standing)
    {
        standing = null!;
        if (!reader.TryReadByte(out byte anchored)) return ReadResult.Truncated;
        if (anchored > 1) return ReadResult.NotCanonical;
        AnchorEntry? entry = null;
        OrderingAnchor tip;
        if (anchored == 1)
        {
            ReadResult result = AnchorEntry.Read(ref reader, out AnchorEntry read);
            if (result != ReadResult.Ok) return result;
            if (read.Shard != shard) return ReadResult.NotCanonical;
            (entry, tip) = (read, read.Tip);
        }
        else
        {
            ReadResult result = ReadAnchor(ref reader, out tip);
            if (result != ReadResult.Ok) return result;
        }
        if (!(reader.TryReadUInt64(out ulong anchoredAt) && reader.TryReadUInt64(out ulong from) && reader.TryReadUInt64(out ulong reshaped)
            && reader.TryReadUInt64(out ulong ended) && reader.TryReadUInt64(out ulong frozen))) return ReadResult.Truncated;
        ReadResult counted = BeaconWire.ReadCount(ref reader, 2 * WireLimits.MaxMembers, 0, out int moment);
        if (counted != ReadResult.Ok) return counted;
        if (!reader.TryReadByte(out byte hasEnded)) return ReadResult.Truncated;
        if (!reader.TryReadByte(out byte hasStart)) return ReadResult.Truncated;
        if (anchoredAt > height || hasEnded > 1 || hasStart > 1) return ReadResult.NotCanonical;
        OrderingAnchor start = default;
        if (hasStart == 1 && (counted = ReadAnchor(ref reader, out start)) != ReadResult.Ok) return counted;
        if (!reader.TryReadByte(out byte hasFirst)) return ReadResult.Truncated;
        if (hasFirst != hasStart && (hasFirst > 1 || options.Topology.IsMadeWithinEpoch)) return ReadResult.NotCanonical;
        OrderingRuns? first = null;
        if (hasFirst == 1 && (counted = ReadFirst(ref reader, options, shard, height, out first)) != ReadResult.Ok) return counted;
        standing = new ShardStanding(tip, anchoredAt, from, EpochOf(reshaped)) { Anchored = entry, Moment = moment, HasEnded = hasEnded == 1, Start = hasStart == 1 ? start : null, First = first, EndedEpoch = EpochOf(ended), FrozenEpoch = EpochOf(frozen) };
        return ReadResult.Ok;
    }

    private static ReadResult ReadFirst(ref WireReader reader, BeaconOptions options, ShardId shard, ulong height, out OrderingRuns? first)
    {
        first = null;
        if (!(reader.TryReadUInt64(out ulong epoch) && reader.TryReadBytes32(out Bytes32 seed))) return ReadResult.Truncated;
        ReadResult result = AssignmentCodec.Read(ref reader, epoch, out CommitteeAssignment committee);
        if (result != ReadResult.Ok) return result;
        if (!options.Topology.IsMadeWithinEpoch || epoch > height / (ulong)options.BlocksPerEpoch || committee.All.Count() != 1 || !committee.TryGet(shard, out _)) return ReadResult.NotCanonical;
        first = new OrderingRuns(options, committee, null, new Digest(seed), epoch * (ulong)options.BlocksPerEpoch);
        return ReadResult.Ok;
    }

    private static void WriteAnchor(WireWriter writer, in OrderingAnchor anchor)
    {
        writer.WriteBytes32(anchor.Hash.Bytes);
        writer.WriteUInt64(anchor.Height);
        writer.WriteUInt64((ulong)anchor.TimeMs);
    }

    private static ReadResult ReadAnchor(ref WireReader reader, out OrderingAnchor anchor)
    {
        anchor = default;
        if (!(reader.TryReadBytes32(out Bytes32 hash) && reader.TryReadUInt64(out ulong height) && reader.TryReadUInt64(out ulong time))) return ReadResult.Truncated;
        if (time > long.MaxValue) return ReadResult.NotCanonical;
        anchor = new OrderingAnchor(new Digest(hash), height, (long)time);
        return ReadResult.Ok;
    }

    private static ulong? EpochOf(ulong value) => value == None ? null : value;
}

/// <summary>A proposal that was taken, and who is ready for it in this epoch. Immutable.</summary>
internal sealed record OpenChange(TopologyProposal Proposal, ulong Since)
{
    public ImmutableHashSet<int> Ready { get; init; } = [];

    public int ReadySeats { get; init; }

    /// <summary>True once the target committee is ready: the cut is at the end of this epoch, or is decided next.</summary>
    public bool IsScheduled { get; init; }

    public void Write(IBufferWriter<byte> output)
    {
        Proposal.Write(output);
        var writer = new WireWriter(output);
        writer.WriteUInt64(Since);
        writer.WriteVarint((ulong)Ready.Count);
        foreach (int member in Ready.Order()) writer.WriteVarint((ulong)member);
    }

    /// <summary>One member more of the target committee is ready.</summary>
    public OpenChange With(int member, Committee target)
    {
        int seats = ReadySeats + target.Members[member].Seats;
        return this with { Ready = Ready.Add(member), ReadySeats = seats, IsScheduled = seats >= target.Quorum };
    }

    public bool IsDecided(BeaconState state) => state.Decided is { } decided && decided.Action == Proposal.Action;
}
