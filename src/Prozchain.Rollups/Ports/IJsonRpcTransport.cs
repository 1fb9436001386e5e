namespace Prozchain.Rollups.Ports;

/// <summary>Carries JSON-RPC requests to one node of an EVM chain.</summary>
/// <remarks>
/// An implementer owes: the answer as it came, or the fault, never an exception for what the node or the network did; an
/// end within a time of its own; a bound on the answer's size that holds before it is read whole. Cancelling throws
/// <see cref="OperationCanceledException"/>. Calls may overlap. A request may have reached the node although its answer is a fault.
/// </remarks>
public interface IJsonRpcTransport
{
    /// <summary>Sends one request, single or batch, in UTF-8.</summary>
    ValueTask<TransportAnswer> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation);
}
