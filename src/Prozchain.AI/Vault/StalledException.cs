namespace Prozchain.AI.Vault;

/// <summary>A store that did not answer in time.</summary>
internal sealed class StalledException(int shard, TimeSpan time) : IOException($"Store {shard} did not answer within {time}.");
