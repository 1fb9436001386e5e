namespace Prozchain.Rollups.Evm;

/// <summary>The header of an L1 block, as far as settlement needs it. Timestamp in seconds since 1970, base fee in wei per gas.</summary>
internal readonly record struct L1Block(ulong Number, Digest32 Hash, Digest32 ParentHash, ulong Timestamp, UInt128 BaseFee);
