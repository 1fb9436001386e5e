using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Evidence;

/// <summary>
/// A place in a protocol and what a validator said there. An honest one says one thing in each place: same domain, shard,
/// epoch and view, same digest. 57 bytes on the wire.
/// </summary>
/// <param name="Domain">What kind of message: a byte that protocols agree on among themselves.</param>
/// <param name="Shard">The shard; 0 for the beacon itself.</param>
/// <param name="Epoch">The epoch whose committee the speaker sat on.</param>
/// <param name="View">The view or height that the message is for.</param>
/// <param name="Digest">What was said, as a digest.</param>
public readonly record struct Statement(byte Domain, ShardId Shard, ulong Epoch, ulong View, Digest Digest)
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 1 + 3 * sizeof(ulong) + Digest.Size;

    /// <summary>What is signed to make the statement: a digest of chain and statement in a domain of its own.</summary>
    /// <param name="chainId">The chain.</param>
    public Digest Message(ulong chainId)
    {
        var output = new ArrayBufferWriter<byte>(sizeof(ulong) + Size);
        new WireWriter(output).WriteUInt64(chainId);
        Write(output);
        return new Digest(Domains.Statement.Hash(output.WrittenSpan));
    }

    /// <summary>True if both are said in one place.</summary>
    /// <param name="other">The other statement.</param>
    public bool IsAtPlaceOf(in Statement other) => Domain == other.Domain && Shard == other.Shard && Epoch == other.Epoch && View == other.View;

    internal void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Domain);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64(View);
        writer.WriteBytes32(Digest.Bytes);
    }

    internal static ReadResult Read(ref WireReader reader, out Statement statement)
    {
        statement = default;
        if (!(reader.TryReadByte(out byte domain) && reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong epoch)
            && reader.TryReadUInt64(out ulong view) && reader.TryReadBytes32(out Bytes32 digest))) return ReadResult.Truncated;
        statement = new Statement(domain, new ShardId(shard), epoch, view, new Digest(digest));
        return ReadResult.Ok;
    }
}
