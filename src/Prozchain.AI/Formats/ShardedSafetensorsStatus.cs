namespace Prozchain.AI.Formats;

/// <summary>Why an index and its shards are, or are not, one well-formed model.</summary>
public enum ShardedSafetensorsStatus : byte
{
    /// <summary>Well formed.</summary>
    Ok,
    /// <summary>There is no index.</summary>
    MissingIndex,
    /// <summary>A string of the index is not UTF-8, or escapes half a surrogate pair.</summary>
    InvalidText,
    /// <summary>The index is not JSON.</summary>
    InvalidJson,
    /// <summary>The index is JSON of another shape.</summary>
    UnexpectedValue,
    /// <summary>The index has no weight_map.</summary>
    MissingWeightMap,
    /// <summary>A tensor, or a member of the index, is named twice in the index.</summary>
    DuplicateName,
    /// <summary>A shard's name is no plain name of a file: it is empty, or says which folder.</summary>
    InvalidShardName,
    /// <summary>A shard that the index names is not there.</summary>
    MissingShard,
    /// <summary>A shard is no well-formed safetensors file.</summary>
    InvalidShard,
    /// <summary>A tensor is not in the shard that the index says.</summary>
    MissingTensor,
    /// <summary>A shard holds a tensor that the index does not say it holds, a second copy of another shard's among them.</summary>
    UnlistedTensor,
    /// <summary>The tensors' bytes together are another number than total_size says.</summary>
    TotalSizeMismatch,
    /// <summary>Above a limit of this reader: an index of 64 MiB, 262,144 tensors, 4,096 shards, names of 4,096 and 255 bytes.</summary>
    LimitExceeded,
}
