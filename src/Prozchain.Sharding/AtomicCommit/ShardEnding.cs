using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.AtomicCommit;

/// <summary>
/// The end of a shard's authority, by split, by merge, or by the beacon's freeze of its committee: from then on its
/// word about a transaction counts only if it is in the settled set, a state whose root stands here. Certified by the
/// beacon. Wire form: docs/formats/sharding-atomic.md.
/// </summary>
public sealed class ShardEnding
{
    private readonly ShardId[] _heirs;

    internal ShardEnding(ShardId shard, ulong epoch, long completeFromMs, in Digest settledRoot, ShardId[] heirs)
    {
        Shard = shard;
        Epoch = epoch;
        CompleteFromMs = completeFromMs;
        SettledRoot = settledRoot;
        _heirs = heirs;
    }

    /// <summary>The shard.</summary>
    public ShardId Shard { get; }

    /// <summary>The last epoch of which headers of the shard hold; after a freeze the shard goes on in a later one.</summary>
    public ulong Epoch { get; }

    /// <summary>Deadlines from which on the settled set is complete; of earlier transactions the shard's own records tell.</summary>
    public long CompleteFromMs { get; }

    /// <summary>Root of the settled set.</summary>
    public Digest SettledRoot { get; }

    /// <summary>Who goes on, ascending: the children, the merged one, or the shard itself after a freeze.</summary>
    public ReadOnlySpan<ShardId> Heirs => _heirs;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteUInt64(Shard.Value);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64((ulong)CompleteFromMs);
        writer.WriteBytes32(SettledRoot.Bytes);
        AtomicRecord.WriteShards(writer, _heirs);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="ending">The ending, when the result is <see cref="ReadResult.Ok"/>; the caller checks the beacon's certificate.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out ShardEnding ending)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out ending);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        ending = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out ShardEnding? ending)
    {
        ending = null;
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!(reader.TryReadUInt64(out ulong shard) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong from) && reader.TryReadBytes32(out Bytes32 root)))
            return ReadResult.Truncated;
        ShardId[]? heirs = AtomicRecord.TryReadShards(ref reader, AtomicLimits.MaxHeirs);
        if (shard == 0 || from > long.MaxValue || heirs is null or []) return ReadResult.NotCanonical;
        ending = new ShardEnding(new ShardId(shard), epoch, (long)from, new Digest(root), heirs);
        return ReadResult.Ok;
    }

    /// <summary>Key of a transaction, or of an attempt, in a settled set.</summary>
    internal static Digest KeyOf(in Digest transaction, Attempt attempt)
    {
        Span<byte> bytes = stackalloc byte[Digest.Size + sizeof(uint) + sizeof(ulong)];
        transaction.Span.CopyTo(bytes);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(bytes[Digest.Size..], attempt.Number);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(bytes[(Digest.Size + sizeof(uint))..], attempt.Epoch);
        return new Digest(Domains.AtomicDecision.Hash(bytes));
    }

    /// <summary>Value in a settled set: commit (1) or abort (0), and the outcome.</summary>
    internal static byte[] ValueOf(bool isCommit, in Digest outcome) => [isCommit ? (byte)1 : (byte)0, .. outcome.Span];
}
