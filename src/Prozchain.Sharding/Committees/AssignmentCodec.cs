using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Committees;

/// <summary>The committees of one duty and epoch in a beacon's state: the keys once, then the seats of each shard in the order of the draw. docs/formats/sharding-beacon.md.</summary>
internal static class AssignmentCodec
{
    public static void Write(IEnumerable<Committee> committees, IBufferWriter<byte> output)
    {
        Committee[] sorted = [.. committees.OrderBy(committee => committee.Shard)];
        ReadOnlyMemory<byte>[] keys = [.. sorted.SelectMany(committee => committee.Members).Select(member => member.PublicKey).Distinct(KeyBytes.Instance)];
        Array.Sort(keys, static (x, y) => x.Span.SequenceCompareTo(y.Span));
        var places = new Dictionary<ReadOnlyMemory<byte>, int>(keys.Length, KeyBytes.Instance);
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)keys.Length);
        foreach (ReadOnlyMemory<byte> key in keys)
        {
            places.Add(key, places.Count);
            BeaconWire.WriteBytes(output, key.Span);
        }
        writer.WriteVarint((ulong)sorted.Length);
        foreach (Committee committee in sorted)
        {
            writer.WriteUInt64(committee.Shard.Value);
            writer.WriteVarint((ulong)committee.Seats);
            for (int seat = 0; seat < committee.Seats; seat++) writer.WriteVarint((ulong)places[committee.SeatOwner(seat)]);
        }
    }

    public static ReadResult Read(ref WireReader reader, ulong epoch, out CommitteeAssignment assignment)
    {
        assignment = null!;
        ReadResult result = BeaconWire.ReadList(ref reader, BeaconLimits.MaxValidators, 1, ReadKey, out byte[][] keys);
        if (result != ReadResult.Ok) return result;
        for (int i = 1; i < keys.Length; i++)
            if (keys[i - 1].AsSpan().SequenceCompareTo(keys[i]) >= 0) return ReadResult.NotCanonical;
        result = BeaconWire.ReadCount(ref reader, ShardLayout.MaxShards, sizeof(ulong) + 1, out int count);
        if (result != ReadResult.Ok) return result;
        var committees = new Committee[count];
        var isSeated = new bool[keys.Length];
        for (int i = 0; i < count; i++)
        {
            result = ReadCommittee(ref reader, epoch, keys, isSeated, out committees[i]);
            if (result != ReadResult.Ok) return result;
            if (i > 0 && committees[i - 1].Shard >= committees[i].Shard) return ReadResult.NotCanonical;
        }
        if (isSeated.Contains(false)) return ReadResult.NotCanonical;
        assignment = new CommitteeAssignment(epoch, committees);
        return ReadResult.Ok;
    }

    private static ReadResult ReadCommittee(ref WireReader reader, ulong epoch, byte[][] keys, bool[] isSeated, out Committee committee)
    {
        committee = null!;
        if (!reader.TryReadUInt64(out ulong shard)) return ReadResult.Truncated;
        ReadResult result = BeaconWire.ReadCount(ref reader, WireLimits.MaxMembers, 1, out int count);
        if (result != ReadResult.Ok) return result;
        if (shard == 0 || count == 0) return ReadResult.NotCanonical;
        var seats = new ReadOnlyMemory<byte>[count];
        for (int i = 0; i < count; i++)
        {
            result = BeaconWire.ReadCount(ref reader, keys.Length - 1, 0, out int place);
            if (result != ReadResult.Ok) return result;
            seats[i] = keys[place];
            isSeated[place] = true;
        }
        committee = Committee.FromOwners(new ShardId(shard), epoch, seats);
        return ReadResult.Ok;
    }

    private static ReadResult ReadKey(ref WireReader reader, out byte[] key)
    {
        ReadResult result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out key);
        return result == ReadResult.Ok && !BeaconWire.IsPublicKey(key) ? ReadResult.NotCanonical : result;
    }
}
