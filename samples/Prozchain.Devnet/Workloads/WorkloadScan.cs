using System.Security.Cryptography;
using Prozchain.Rollups;
using Prozchain.Sharding.Layout;

namespace Prozchain.Devnet.Workloads;

/// <summary>What a first pass over the workload finds: who sends, on which layer, and the digest of the file.</summary>
internal sealed class WorkloadScan
{
    /// <summary>Senders on the shards, in the order of their first line.</summary>
    public required IReadOnlyCollection<Address> ShardSenders { get; init; }

    /// <summary>Senders on the rollup, in the order of their first line.</summary>
    public required IReadOnlyCollection<AccountAddress> RollupSenders { get; init; }

    /// <summary>The first sender on the rollup; null for none.</summary>
    public required string? FirstOnRollup { get; init; }

    /// <summary>Lines that are well formed.</summary>
    public required long Lines { get; init; }

    /// <summary>SHA-256 of the file, hexadecimal: a run resumes only with the file it began with.</summary>
    public required string FileDigest { get; init; }

    /// <exception cref="RunUnusableException">The file cannot be read.</exception>
    public static async Task<WorkloadScan> ReadAsync(DevnetOptions options, WalletBook wallets, CancellationToken cancellationToken)
    {
        try
        {
            var shardSenders = new OrderedDictionary<Address, bool>();
            var rollupSenders = new OrderedDictionary<AccountAddress, bool>();
            long lines = 0;
            string? first = null;
            var router = new LineRouter(options.L2Share);
            var reader = new WorkloadReader(options.Workload, _ => { });
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.NextAsync(cancellationToken).ConfigureAwait(false) is { } line)
                {
                    lines++;
                    if (router.GoesToRollup(line))
                    {
                        first ??= line.From;
                        rollupSenders.TryAdd(wallets[line.From].RollupAddress, true);
                    }
                    else shardSenders.TryAdd(ShardSender(line, wallets), true);
                    if (line.Back is not null) shardSenders.TryAdd(wallets[line.To].ShardAddress, true);
                }
            }
            FileStream file = File.OpenRead(options.Workload);
            await using (file.ConfigureAwait(false))
            {
                byte[] digest = await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
                return new WorkloadScan { ShardSenders = shardSenders.Keys, RollupSenders = rollupSenders.Keys, FirstOnRollup = first, Lines = lines, FileDigest = Convert.ToHexStringLower(digest) };
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RunUnusableException($"Cannot read the workload file '{options.Workload}': {e.Message}");
        }
    }

    private static Address ShardSender(in WorkloadLine line, WalletBook wallets) =>
        line.Signed is null ? wallets[line.From].ShardAddress : WorkloadParser.ParseAddress(line.From);
}
