namespace Prozchain.Rollups.Evm;

/// <summary>What the bridge asks the rollup to credit.</summary>
/// <param name="Token">The token's number; 0 is ETH.</param>
/// <param name="Scheme">Scheme byte of the recipient's address.</param>
/// <param name="Digest">The other 32 bytes of it.</param>
/// <param name="From">Who deposited: gets back what cannot be credited.</param>
internal readonly record struct BridgeDeposit(uint Token, UInt128 Amount, byte Scheme, Digest32 Digest, L1Address From);
