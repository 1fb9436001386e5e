namespace Prozchain.AI.Registry;

/// <summary>A version that another one stems from.</summary>
/// <param name="Id">The parent's version id, 32 bytes.</param>
/// <param name="Lineage">What the child is to it.</param>
/// <param name="IsNeeded">Whether the child's bytes cannot be had without the parent's (delta coding, adapters): pins the parent.</param>
public readonly record struct ModelParent(ReadOnlyMemory<byte> Id, Lineage Lineage, bool IsNeeded);
