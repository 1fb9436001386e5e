namespace Prozchain.AI.Formats;

/// <summary>What came of opening the safetensors files under an index.</summary>
/// <param name="Status">Ok, or what is wrong.</param>
/// <param name="Subject">Name of the tensor, or else of the shard, that is at fault; null when it is the index as a whole.</param>
/// <param name="ShardStatus">What is wrong with the shard, when it is one that is not well formed.</param>
/// <param name="ErrorOffset">Where in the index, or in the shard that is not well formed, reading ended.</param>
/// <param name="Reader">The reader when the status is Ok, else null.</param>
public readonly record struct ShardedSafetensorsOpening(
    ShardedSafetensorsStatus Status, string? Subject, SafetensorsStatus ShardStatus, long ErrorOffset, ShardedSafetensorsReader? Reader);
