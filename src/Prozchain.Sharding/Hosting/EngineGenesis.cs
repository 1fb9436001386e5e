using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>Makes the chains of a network from the engine's options, and the digest that tells two networks apart.</summary>
internal static class EngineGenesis
{
    public static ShardChain[] MakeShards(EngineOptions options, ShardLayout layout, ISignatureVerifier verifier, out ulong supply)
    {
        var accounts = new List<GenesisAccount>[layout.Shards.Count];
        for (int i = 0; i < accounts.Length; i++) accounts[i] = [];
        UInt128 total = 0;
        foreach (GenesisAccount account in options.Accounts)
        {
            accounts[layout.IndexOf(account.Address.Digest)].Add(account);
            total += account.Balance;
        }
        if (total > ulong.MaxValue) throw new ArgumentException($"Expected balances of at most {ulong.MaxValue} in sum, got {total}.", nameof(options));
        supply = (ulong)total;
        var chains = new ShardChain[accounts.Length];
        for (int i = 0; i < chains.Length; i++)
        {
            chains[i] = new ShardChain(new ShardChainOptions
            {
                ChainId = options.ChainId,
                Layout = layout,
                Shard = layout.Shards[i].Id,
                Accounts = accounts[i],
                Limits = options.Limits,
                Verifier = verifier,
            });
        }
        return chains;
    }

    public static BeaconChain MakeBeacon(EngineOptions options, ShardLayout layout, IReadOnlyList<ShardChain> chains, ISignatureVerifier verifier) => new(new BeaconOptions
    {
        ChainId = options.ChainId,
        Layout = layout,
        Genesis = [.. chains.Select(chain => chain.Tip)],
        Validators = [.. options.Validators.Select(validator => new Validator(validator.Signer.PublicKey, validator.Stake))],
        Committees = new CommitteeParameters(options.SeatsPerCommittee, options.MaxTicketsPerValidator),
        BlocksPerEpoch = options.RoundsPerEpoch,
        Randomness = options.Randomness,
        Verifier = verifier,
        MaxDegreeOfParallelism = options.MaxDegreeOfParallelism,
    });

    /// <summary>The most bytes of one block, such that a round of full blocks fits into one log record.</summary>
    public static int BlockBytes(EngineOptions options)
    {
        long certificates = (long)options.ShardCount * (ShardHeader.Size + 64 + options.SeatsPerCommittee * (SignatureSchemes.P256SignatureSize + 1));
        long rest = AppendLog.MaxRecordBytes - certificates - WireLimits.MaxRecordBytesPerBlock - 16 * WireLimits.MaxRecords - RoundRecord.MaxHostMark - 1024;
        long bytes = Math.Min(rest / options.ShardCount, 1 << 28);
        long needed = (long)options.Limits.MaxTransfers * Receipt.Size + 2048;
        if (bytes < needed) throw new ArgumentException($"Expected limits under which {options.ShardCount} blocks of {needed} bytes fit into one log record, got room for {bytes} bytes each.", nameof(options));
        return (int)bytes;
    }

    /// <summary>Digest of all that decides what the chains compute. The state roots at genesis stand for the accounts.</summary>
    public static Digest DigestOf(EngineOptions options, IReadOnlyList<ShardChain> chains, BeaconChain beacon)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output);
        writer.WriteUInt64(options.ChainId);
        writer.WriteUInt32((uint)options.SeatsPerCommittee);
        writer.WriteUInt32((uint)options.MaxTicketsPerValidator);
        writer.WriteUInt32((uint)options.RoundsPerEpoch);
        writer.WriteUInt32((uint)options.Limits.MaxTransfers);
        writer.WriteUInt32((uint)options.Limits.MaxReceipts);
        writer.WriteUInt32((uint)chains.Count);
        foreach (ShardChain chain in chains) writer.WriteBytes32(chain.Tip.Hash.Bytes);
        writer.WriteUInt32((uint)beacon.Validators.Count);
        foreach (Validator validator in beacon.Validators)
        {
            writer.WriteSpan(validator.PublicKey.Span);
            writer.WriteUInt64(validator.Stake);
        }
        Span<byte> seed = stackalloc byte[Digest.Size];
        options.Randomness.WriteSeed(0, seed);
        writer.WriteSpan(seed);
        return new Digest(Domains.Genesis.Hash(output.WrittenSpan));
    }
}
