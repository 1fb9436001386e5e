using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet;

/// <summary>Balances at the start: every sender's fund, on each layer where it sends, and the rollup's backing in escrow.</summary>
internal sealed record Genesis(IReadOnlyList<Sharding.GenesisAccount> ShardAccounts, IReadOnlyList<Rollups.Settlement.GenesisAccount> RollupAccounts)
{
    /// <exception cref="RunUnusableException">All funds together are beyond 2^64 - 1.</exception>
    public static Genesis Make(DevnetOptions options, WorkloadScan scan)
    {
        if ((UInt128)options.Fund * (uint)(scan.ShardSenders.Count + scan.RollupSenders.Count) > ulong.MaxValue)
            throw new RunUnusableException($"--fund {options.Fund} for {scan.ShardSenders.Count + scan.RollupSenders.Count} senders is more than 2^64 - 1 base units in all.");
        var shardAccounts = new List<Sharding.GenesisAccount>();
        foreach (Sharding.Layout.Address sender in scan.ShardSenders) shardAccounts.Add(new Sharding.GenesisAccount(sender, options.Fund));
        if (scan.RollupSenders.Count > 0) shardAccounts.Add(new Sharding.GenesisAccount(DevnetChain.Escrow, options.Fund * (ulong)scan.RollupSenders.Count));
        return new Genesis(shardAccounts, [.. scan.RollupSenders.Select(sender => new Rollups.Settlement.GenesisAccount(sender, options.Fund))]);
    }
}
