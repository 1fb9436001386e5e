using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>A part before it is read.</summary>
internal readonly record struct PlannedPart(long Offset, long Length, TensorType Type);
