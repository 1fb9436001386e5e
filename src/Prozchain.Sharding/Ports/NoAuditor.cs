namespace Prozchain.Sharding.Ports;

/// <summary>Convicts nobody: for a network without witnesses and without protocols that judge their own messages.</summary>
public sealed class NoAuditor : IFaultAuditor
{
    /// <inheritdoc/>
    public bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness) => false;

    /// <inheritdoc/>
    public bool Contradicts(ReadOnlySpan<byte> publicKey, ulong shard, ulong epoch, ReadOnlySpan<byte> proof) => false;
}
