namespace Prozchain.DataAvailability.Coding;

/// <summary>A code that can do its work shard by shard, for <see cref="ProgressiveDecoder"/>.</summary>
internal interface IIncrementalCode
{
    /// <summary>Takes a shard into the sums: of a data shard its part in every recovery shard, of a recovery shard itself.</summary>
    /// <param name="sums">m shards, zero at first.</param>
    void Absorb(int dataCount, int index, ReadOnlySpan<byte> shard, Shards sums);

    /// <summary>Restores the missing data shards, of which there are as many as recovery shards present.</summary>
    /// <param name="sums">Every shard that is present was taken in.</param>
    void Restore(Shards data, ReadOnlyShards sums, ReadOnlySpan<bool> present);
}
