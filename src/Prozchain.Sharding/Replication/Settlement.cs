using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>Names what a shard wants to know of an ended one: how a transaction, or an attempt, ended there.</summary>
internal readonly record struct SettlementName(ShardId Shard, Digest Transaction, Attempt Attempt)
{
    public const int Size = 2 * sizeof(ulong) + sizeof(uint) + Digest.Size;

    public void Write(WireWriter writer)
    {
        writer.WriteUInt64(Shard.Value);
        writer.WriteBytes32(Transaction.Bytes);
        writer.WriteUInt32(Attempt.Number);
        writer.WriteUInt64(Attempt.Epoch);
    }

    public static bool TryRead(ref WireReader reader, out SettlementName name)
    {
        name = default;
        if (!reader.TryReadUInt64(out ulong shard) || !reader.TryReadBytes32(out Bytes32 transaction) || !reader.TryReadUInt32(out uint number)
            || !reader.TryReadUInt64(out ulong epoch) || shard == 0) return false;
        name = new SettlementName(new ShardId(shard), new Digest(transaction), new Attempt(number, epoch));
        return true;
    }
}

/// <summary>What an ended shard's settled set says of a transaction, with the proof: nothing, or 33 bytes. Proven by the ending that the shard which reads it has taken in.</summary>
internal sealed record Settlement(SettlementName Name, ReadOnlyMemory<byte> Value, StateProof Proof)
{
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Name.Write(writer);
        writer.WriteVarint((ulong)Value.Length);
        writer.WriteSpan(Value.Span);
        Proof.Write(output);
    }

    /// <summary>Null for any fault.</summary>
    public static Settlement? TryRead(ReadOnlySpan<byte> source)
    {
        var reader = new WireReader(source);
        if (!SettlementName.TryRead(ref reader, out SettlementName name) || !reader.TryReadCount(1 + Digest.Size, out int length) || !reader.TryReadSpan(length, out ReadOnlySpan<byte> value)) return null;
        return StateProof.TryRead(source[reader.Offset..], out StateProof? proof) == ReadResult.Ok ? new Settlement(name, value.ToArray(), proof!) : null;
    }
}
