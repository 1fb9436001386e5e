namespace Prozchain.AI.Vault;

/// <summary>A shard's answer, or what it does not have.</summary>
/// <param name="Answer">The encoded answer; empty when a sample is missing.</param>
/// <param name="Missing">Samples whose piece is missing, altered or out of reach.</param>
public sealed record AuditProof(ReadOnlyMemory<byte> Answer, IReadOnlyList<AuditSample> Missing);
