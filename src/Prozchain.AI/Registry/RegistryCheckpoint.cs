namespace Prozchain.AI.Registry;

/// <summary>What one must know of a registry to begin from its snapshot: from an earlier run, from replicas that agree, from the chain.</summary>
/// <param name="Position">Operations of the ledger that it had seen.</param>
/// <param name="Root">Its root there, 32 bytes.</param>
public readonly record struct RegistryCheckpoint(long Position, ReadOnlyMemory<byte> Root);
