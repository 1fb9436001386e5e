namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// A systematic erasure code: k data shards, which stay as they are, gain m recovery shards, such that any k of the
/// k + m restore all of them.
/// </summary>
/// <remarks>
/// What an implementer owes:
/// <list type="bullet">
/// <item>the same shards give the same recovery shards, on every machine;</item>
/// <item>the code is linear: the recovery of a XOR of data is the XOR of the recoveries;</item>
/// <item>each unit of <see cref="ShardAlignment"/> bytes is coded alone and alike, so that shards may be cut or joined there;</item>
/// <item>any k shards suffice (maximum distance separable), and decoding never writes to a shard that was present;</item>
/// <item>missing shards may hold anything on entry; on <see cref="DecodeResult.NotEnoughShards"/> they still hold it;</item>
/// <item>it does not detect wrong shards: a shard called present is believed, so its caller checks it first
/// against a commitment;</item>
/// <item>safe for concurrent use on distinct memory.</item>
/// </list>
/// Every method throws <see cref="ArgumentException"/>, with expected and got, if the counts are not supported, shard
/// sizes differ or are no multiple of <see cref="ShardAlignment"/>, or data and recovery overlap.
/// </remarks>
public interface IErasureCode
{
    /// <summary>Every shard size is a multiple of this many bytes.</summary>
    int ShardAlignment { get; }

    /// <summary>True if the code exists for these counts.</summary>
    bool Supports(int dataCount, int recoveryCount);

    /// <summary>Computes the recovery shards from the data shards.</summary>
    void Encode(ReadOnlyShards data, Shards recovery);

    /// <summary>Restores the missing data shards, in place.</summary>
    /// <param name="data">The k data shards.</param>
    /// <param name="recovery">The m recovery shards.</param>
    /// <param name="present">k + m entries, data first: true if that shard is there.</param>
    DecodeResult Decode(Shards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present);

    /// <summary>Restores every missing shard, data and recovery, in place.</summary>
    /// <inheritdoc cref="Decode"/>
    DecodeResult Reconstruct(Shards data, Shards recovery, ReadOnlySpan<bool> present);

    /// <summary>Restores one shard and no other, as a weighted sum of k that are present; one that is present is copied.</summary>
    /// <param name="data">The k data shards.</param>
    /// <param name="recovery">The m recovery shards.</param>
    /// <param name="present">k + m entries, data first: true if that shard is there.</param>
    /// <param name="index">Which one, 0 to k + m - 1, data first.</param>
    /// <param name="shard">
    /// Receives it, as long as a shard. It is that shard's own place or memory apart from data and recovery.
    /// </param>
    DecodeResult RepairShard(ReadOnlyShards data, ReadOnlyShards recovery, ReadOnlySpan<bool> present, int index, Span<byte> shard);
}
