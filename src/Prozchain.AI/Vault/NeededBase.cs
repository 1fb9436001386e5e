namespace Prozchain.AI.Vault;

/// <summary>What a stripe of a base model is needed for.</summary>
/// <param name="ModelRoot">The base's model root, 32 bytes.</param>
/// <param name="Tensor">Name of the tensor, in both models; null where the file's tensors are not known.</param>
/// <param name="Stripe">The stripe of the file that cannot be decoded without it.</param>
public sealed record NeededBase(ReadOnlyMemory<byte> ModelRoot, string? Tensor, int Stripe);
