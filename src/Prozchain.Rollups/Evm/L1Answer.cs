namespace Prozchain.Rollups.Evm;

/// <summary>A typed answer of a node, or why there is none.</summary>
/// <param name="Status">Whether there is one.</param>
/// <param name="Value">The answer, with <see cref="RpcStatus.Ok"/>; null when the node knows no such thing.</param>
/// <param name="Fault">What went wrong, in words of the node's that are not to be trusted.</param>
/// <param name="RevertData">What a call reverted with.</param>
internal readonly record struct L1Answer<T>(RpcStatus Status, T? Value, string Fault = "", ReadOnlyMemory<byte> RevertData = default)
{
    public bool IsOk => Status == RpcStatus.Ok;
}
