namespace Prozchain.Rollups.Ports;

/// <summary>What came back from a node.</summary>
/// <param name="Fault">Why there is no answer, or none.</param>
/// <param name="Body">The answer in UTF-8; empty with a fault.</param>
public readonly record struct TransportAnswer(TransportFault Fault, ReadOnlyMemory<byte> Body);
