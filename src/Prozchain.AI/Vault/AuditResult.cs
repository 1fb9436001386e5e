namespace Prozchain.AI.Vault;

/// <summary>The result of a check.</summary>
/// <param name="Status">The outcome.</param>
/// <param name="Sample">Index of the first sample that is wrong or malformed, else -1.</param>
public readonly record struct AuditResult(AuditStatus Status, int Sample);
