namespace Prozchain.Sharding.Ports;

/// <summary>Convicts nobody: for a network whose shards' transitions cannot be executed from a witness.</summary>
public sealed class NoAuditor : ITransitionAuditor
{
    /// <inheritdoc/>
    public bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness) => false;
}
