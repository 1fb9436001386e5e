using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding;

/// <summary>A validator whose key the engine's process holds.</summary>
/// <param name="Signer">Signs its votes.</param>
/// <param name="Stake">Its stake, in any unit that all validators share; at least 1.</param>
public readonly record struct EngineValidator(ISigner Signer, ulong Stake);
