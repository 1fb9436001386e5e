namespace Prozchain.AI.Compute;

/// <summary>What a machine gives to inference.</summary>
/// <param name="Memory">Bytes for models and requests together.</param>
/// <param name="Cores">Cores, 1 to 1,024: as many batches of one core run at once.</param>
public readonly record struct ComputeCapacity(long Memory, int Cores);
