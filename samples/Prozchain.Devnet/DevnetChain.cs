using System.Security.Cryptography;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;

namespace Prozchain.Devnet;

/// <summary>Constants of the Devnet's chains.</summary>
internal static class DevnetChain
{
    /// <summary>Chain id of the shards: "DEV1" in ASCII.</summary>
    public const ulong ShardChainId = 0x44455631;

    /// <summary>Chain id of the rollup: "DEV2" in ASCII.</summary>
    public const ulong RollupChainId = 0x44455632;

    /// <summary>Chain id of a rollup whose batches are proven, below 2^30: "ZEV2" in ASCII, without the highest two bits.</summary>
    public const ulong ProvenChainId = 0x1A455632;

    /// <summary>Application id of the rollup's settlement calls among the beacon's records: "ROLL" in ASCII, little-endian.</summary>
    public const uint SettlementApplication = 0x4C4C4F52;

    /// <summary>Chain time of genesis: 2026-01-01T00:00:00Z, in Unix milliseconds.</summary>
    public const long GenesisTimeMs = 1_767_225_600_000;

    /// <summary>Chain time between rounds, in milliseconds: the shard block time.</summary>
    public const long BlockTimeMs = 500;

    /// <summary>How long a transfer may wait for its block from the round on in which it is signed, in milliseconds of chain time: as long as any may.</summary>
    public const long ValidityMs = TransferTransition.MaxWindowMs;

    /// <summary>Chain time in which a swap is done or never, in milliseconds.</summary>
    public const long SwapValidityMs = 20_000;

    /// <summary>
    /// The shard account that holds as much as all rollup accounts together. Nobody has its key: its digest is a hash
    /// of these words, not of a public key.
    /// </summary>
    public static Address Escrow { get; } = MakeEscrow();

    private static Address MakeEscrow()
    {
        Span<byte> bytes = stackalloc byte[Address.Size];
        bytes[0] = 1;
        SHA256.HashData("Prozchain Devnet rollup escrow"u8, bytes[1..]);
        return Address.TryRead(bytes, out Address escrow) == Sharding.Wire.ReadResult.Ok
            ? escrow
            : throw new System.Diagnostics.UnreachableException();
    }
}
