namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// Decodes shards that arrive one by one, in any order. With <see cref="DenseReedSolomon"/> the work of a shard, m
/// multiplications, is done when it is added, and what is left for the end are e × e for e missing data shards; a code
/// with transforms decodes at the end.
/// </summary>
/// <remarks>
/// It copies what it is given into memory of its own, (k + m) shards, made once: nothing else is allocated, and
/// <see cref="Reset"/> makes it ready for the next codeword. It believes a shard as its code does; check it first.
/// Not safe for concurrent use.
/// </remarks>
public sealed class ProgressiveDecoder
{
    private readonly IErasureCode _code;
    private readonly IIncrementalCode? _incremental;
    private readonly int _dataCount, _recoveryCount, _shardSize;
    private readonly byte[] _data, _recovery;
    private readonly bool[] _present;
    private int _added;

    /// <summary>A decoder for codewords of one shape.</summary>
    /// <param name="code">The code.</param>
    /// <param name="dataCount">k.</param>
    /// <param name="recoveryCount">m.</param>
    /// <param name="shardSize">Bytes of a shard, a multiple of the code's alignment.</param>
    /// <exception cref="ArgumentException">The code does not exist for these counts or this size, or k or m shards exceed 2 GiB.</exception>
    public ProgressiveDecoder(IErasureCode code, int dataCount, int recoveryCount, int shardSize)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        if (!code.Supports(dataCount, recoveryCount))
            throw new ArgumentException($"Expected counts that the code supports, got {dataCount} data and {recoveryCount} recovery shards.", nameof(dataCount));
        if (shardSize % code.ShardAlignment != 0)
            throw new ArgumentException($"Expected a shard size that is a multiple of {code.ShardAlignment} bytes, got {shardSize}.", nameof(shardSize));
        if ((long)Math.Max(dataCount, recoveryCount) * shardSize > Array.MaxLength)
            throw new ArgumentException($"Expected at most {Array.MaxLength} bytes of data and of recovery, got shards of {shardSize}.", nameof(shardSize));
        (_code, _incremental) = (code, code as IIncrementalCode);
        (_dataCount, _recoveryCount, _shardSize) = (dataCount, recoveryCount, shardSize);
        (_data, _recovery) = (new byte[dataCount * shardSize], new byte[recoveryCount * shardSize]);
        _present = new bool[dataCount + recoveryCount];
    }

    /// <summary>How many shards it still takes, k at first.</summary>
    public int Missing => _dataCount - _added;

    /// <summary>True if <see cref="Finish"/> will restore everything.</summary>
    public bool IsComplete => Missing == 0;

    /// <summary>True if the shard of this index was added; false for an index out of range.</summary>
    public bool Has(int index) => (uint)index < (uint)_present.Length && _present[index];

    /// <summary>Takes a shard; the caller may reuse its memory at once. Never throws on what a stranger sent.</summary>
    /// <param name="index">0 to k + m - 1, data first.</param>
    /// <param name="shard">Its bytes.</param>
    public AddShardResult Add(int index, ReadOnlySpan<byte> shard)
    {
        if ((uint)index >= (uint)_present.Length) return AddShardResult.WrongIndex;
        if (shard.Length != _shardSize) return AddShardResult.WrongSize;
        if (_present[index]) return AddShardResult.Duplicate;
        if (IsComplete) return AddShardResult.NotNeeded;

        if (index < _dataCount) shard.CopyTo(Data[index]);
        if (_incremental is not null) _incremental.Absorb(_dataCount, index, shard, Recovery);
        else if (index >= _dataCount) shard.CopyTo(Recovery[index - _dataCount]);
        _present[index] = true;
        _added++;
        return AddShardResult.Added;
    }

    /// <summary>Writes all k data shards; on <see cref="DecodeResult.NotEnoughShards"/> nothing.</summary>
    /// <param name="data">k shards of the decoder's size.</param>
    /// <exception cref="ArgumentException">The shards are not of the decoder's count or size.</exception>
    public DecodeResult Finish(Shards data)
    {
        if (data.Count != _dataCount || data.ShardSize != _shardSize)
            throw new ArgumentException($"Expected {_dataCount} shards of {_shardSize} bytes, got {data.Count} of {data.ShardSize}.", nameof(data));
        if (!IsComplete) return DecodeResult.NotEnoughShards;
        if (_present.AsSpan(0, _dataCount).Contains(false))
        {
            if (_incremental is not null) _incremental.Restore(Data, Recovery, _present);
            else _code.Decode(Data, Recovery, _present);
        }
        for (int i = 0; i < _dataCount; i++) ((ReadOnlyShards)Data)[i].CopyTo(data[i]);
        return DecodeResult.Restored;
    }

    /// <summary>Forgets every shard.</summary>
    public void Reset()
    {
        _present.AsSpan().Clear();
        _added = 0;
        if (_incremental is not null) _recovery.AsSpan().Clear();
    }

    private Shards Data => new(_data, _dataCount, _shardSize);

    private Shards Recovery => new(_recovery, _recoveryCount, _shardSize);
}
