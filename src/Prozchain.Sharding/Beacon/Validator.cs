namespace Prozchain.Sharding.Beacon;

/// <summary>A validator as one epoch's set has it.</summary>
/// <param name="PublicKey">Its public key with the scheme byte: what names it.</param>
/// <param name="Stake">Its stake as far as it counts, in any unit that all validators share.</param>
public sealed record Validator(ReadOnlyMemory<byte> PublicKey, ulong Stake)
{
    /// <summary>At genesis: what its reveals are checked against (a VRF key, a commitment). Empty where the network has no reveals.</summary>
    public ReadOnlyMemory<byte> RandomnessKey { get; init; }
}
