namespace Prozchain.AI.Vault;

/// <summary>One place that a shard is asked for.</summary>
/// <param name="Stripe">Index of the stripe within the model.</param>
/// <param name="Piece">Index of the piece within the stripe.</param>
/// <param name="Chunk">Index of the 1 KiB chunk within the piece.</param>
public readonly record struct AuditSample(int Stripe, int Piece, int Chunk);
