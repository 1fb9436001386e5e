namespace Prozchain.DataAvailability.Ports;

/// <summary>One cell of one square.</summary>
/// <param name="DataRoot">The data root of the square, 32 bytes.</param>
/// <param name="Row">Row in the extended square, from 0.</param>
/// <param name="Column">Column in the extended square, from 0.</param>
public readonly record struct ShareRequest(ReadOnlyMemory<byte> DataRoot, int Row, int Column);
