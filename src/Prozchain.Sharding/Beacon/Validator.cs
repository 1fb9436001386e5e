namespace Prozchain.Sharding.Beacon;

/// <summary>A validator of the registry.</summary>
/// <param name="PublicKey">Its public key with the scheme byte: what names it.</param>
/// <param name="Stake">Its stake, in any unit that all validators share.</param>
public sealed record Validator(ReadOnlyMemory<byte> PublicKey, ulong Stake);
