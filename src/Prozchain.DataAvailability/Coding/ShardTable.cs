namespace Prozchain.DataAvailability.Coding;

/// <summary>Where the shards of a code lie, for as long as their memory is pinned.</summary>
internal readonly unsafe struct ShardTable(byte* data, nint dataStride, int dataCount, byte* recovery, nint recoveryStride, int recoveryCount)
{
    public byte* Data => data;

    public nint DataStride => dataStride;

    public int DataCount => dataCount;

    public byte* Recovery => recovery;

    public nint RecoveryStride => recoveryStride;

    public int RecoveryCount => recoveryCount;

    /// <summary>Elements of recovery shards: a power of two. Data starts there.</summary>
    public int Block => CodeShape.PowerOfTwo(recoveryCount);

    /// <summary>Elements of the code: a power of two.</summary>
    public int Elements => CodeShape.PowerOfTwo(Block + dataCount);

    /// <summary>The shard at an element, recovery first; there must be one.</summary>
    public byte* Row(int element) => element < Block ? recovery + element * recoveryStride : data + (element - Block) * dataStride;
}
