using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>A part before it is read: a tensor, or what lies between.</summary>
internal readonly record struct PlannedPart(long Offset, long Length, TensorType Type, TensorInfo? Tensor = null);
