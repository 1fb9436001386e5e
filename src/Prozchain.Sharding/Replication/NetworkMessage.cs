using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>What a message between validators, or a record of a validator's log, holds.</summary>
internal enum NetworkMessageKind : byte
{
    /// <summary>Of the ordering run of the beacon in an epoch.</summary>
    Beacon = 64,

    /// <summary>What is to stand in a beacon block.</summary>
    Submission = 65,

    /// <summary>Of the ordering run of a shard in a moment of an epoch.</summary>
    Run = 66,

    /// <summary>From a node of a shard, or of a client, to one of a shard.</summary>
    Shard = 67,

    /// <summary>A question or an answer about a shard's state.</summary>
    State = 68,

    /// <summary>In a log only: a state that was fetched.</summary>
    Base = 69,
}

/// <summary>The envelope of messages and records of a validator: whose the payload is. Wire form: docs/formats/sharding-network.md.</summary>
internal readonly ref struct NetworkMessage
{
    private const int HeadSize = 2 + 3 * sizeof(ulong), MomentSize = sizeof(ushort);

    public NetworkMessageKind Kind { get; private init; }

    /// <summary>The shard concerned; 0 for the beacon.</summary>
    public ShardId Shard { get; private init; }

    /// <summary>The epoch of the run; 0 where there is none.</summary>
    public ulong Epoch { get; private init; }

    /// <summary>The moment of the epoch whose run it is of a shard; 0 where there is none.</summary>
    public int Moment { get; private init; }

    /// <summary>The shard of the sending node; 0 for a client or the beacon.</summary>
    public ShardId Source { get; private init; }

    public ReadOnlySpan<byte> Payload { get; private init; }

    public static byte[] Write(NetworkMessageKind kind, ReadOnlySpan<byte> payload, ShardId shard = default, ulong epoch = 0, ShardId source = default, int moment = 0)
    {
        var output = new ArrayBufferWriter<byte>(HeadSize + MomentSize + payload.Length);
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteByte((byte)kind);
        writer.WriteUInt64(shard.Value);
        writer.WriteUInt64(epoch);
        writer.WriteUInt64(source.Value);
        if (kind == NetworkMessageKind.Run) writer.WriteUInt16((ushort)moment);
        writer.WriteSpan(payload);
        return output.WrittenSpan.ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> source, out NetworkMessage message)
    {
        message = default;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version) || version != WireLimits.Version || !reader.TryReadByte(out byte kind) || !reader.TryReadUInt64(out ulong shard)
            || !reader.TryReadUInt64(out ulong epoch) || !reader.TryReadUInt64(out ulong from)) return false;
        if (kind is < (byte)NetworkMessageKind.Beacon or > (byte)NetworkMessageKind.Base) return false;
        bool isRun = kind == (byte)NetworkMessageKind.Run;
        ushort moment = 0;
        if (isRun && !reader.TryReadUInt16(out moment)) return false;
        message = new NetworkMessage { Kind = (NetworkMessageKind)kind, Shard = new ShardId(shard), Epoch = epoch, Moment = moment, Source = new ShardId(from), Payload = source[(isRun ? HeadSize + MomentSize : HeadSize)..] };
        return true;
    }
}
