using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet;

/// <summary>
/// Balances at the start: every sender's fund on the shards, and in escrow what backs the rollup. On the rollup nobody has
/// anything at the start: one deposit of the escrow goes through the bridge, and is paid on to the senders there.
/// </summary>
/// <param name="ShardAccounts">What the shards begin with.</param>
/// <param name="RollupSenders">Who is paid a fund on the rollup, in order.</param>
/// <param name="Deposit">All of their funds.</param>
internal sealed record Genesis(IReadOnlyList<Sharding.GenesisAccount> ShardAccounts, IReadOnlyList<Rollups.AccountAddress> RollupSenders, ulong Deposit)
{
    /// <exception cref="RunUnusableException">All funds together are beyond 2^64 - 1.</exception>
    public static Genesis Make(DevnetOptions options, WorkloadScan scan)
    {
        if ((UInt128)options.Fund * (uint)(scan.ShardSenders.Count + scan.RollupSenders.Count) > ulong.MaxValue)
            throw new RunUnusableException($"--fund {options.Fund} for {scan.ShardSenders.Count + scan.RollupSenders.Count} senders is more than 2^64 - 1 base units in all.");
        var shardAccounts = new List<Sharding.GenesisAccount>();
        foreach (Sharding.Layout.Address sender in scan.ShardSenders) shardAccounts.Add(new Sharding.GenesisAccount(sender, options.Fund));
        ulong deposit = options.Fund * (ulong)scan.RollupSenders.Count;
        if (deposit > 0) shardAccounts.Add(new Sharding.GenesisAccount(DevnetChain.Escrow, deposit));
        return new Genesis(shardAccounts, [.. scan.RollupSenders], deposit);
    }
}
