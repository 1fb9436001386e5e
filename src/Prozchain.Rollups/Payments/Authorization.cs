namespace Prozchain.Rollups.Payments;

/// <summary>A signature and the key that made it. Untrusted; empty where the rollup's mode posts none.</summary>
/// <param name="PublicKey">The key, scheme byte first.</param>
/// <param name="Signature">The signature, scheme byte first.</param>
public readonly record struct Authorization(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Signature);
