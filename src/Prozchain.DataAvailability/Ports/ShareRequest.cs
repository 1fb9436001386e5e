namespace Prozchain.DataAvailability.Ports;

/// <summary>One sample of one block of data: a cell of a square, or a row of a row code.</summary>
/// <param name="DataRoot">The root that commits to the data, 32 bytes.</param>
/// <param name="Row">Row, from 0.</param>
/// <param name="Column">Column in the extended square, from 0; 0 for a row code.</param>
public readonly record struct ShareRequest(ReadOnlyMemory<byte> DataRoot, int Row, int Column);
