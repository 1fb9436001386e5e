using Prozchain.Sharding.Simulation;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>How a bank runs whose nodes pay for their work.</summary>
internal sealed record CostedBank
{
    public required int Shards { get; init; }

    /// <summary>Transactions that one simulated one stands for.</summary>
    public required double Weight { get; init; }

    public int Validators { get; init; } = 4;

    /// <summary>Simulated transfers a second and shard.</summary>
    public int TransfersPerShard { get; init; } = 200;

    public int SwapsPerShard { get; init; }

    public int IntervalMs { get; init; } = 100;

    public int OneWayMs { get; init; } = 25;

    public double Skew { get; init; }

    public double SkewShift { get; init; }

    public int AccountsPerShard { get; init; } = 1024;

    public int Seconds { get; init; } = 3;

    public CostedResult Run(MeasuredCosts costs, ulong seed = 1)
    {
        const int WarmUpMs = 1500;
        var meter = new CpuMeter(costs, Shards, Validators, Weight);
        using var bank = new BankWorld(seed, new BankOptions
        {
            Signer = meter.SignerOf, Verifier = meter.Verifier, Shards = Shards, Validators = Validators, Accounts = AccountsPerShard * Shards,
            TransfersPerSecond = TransfersPerShard * Shards, SwapsPerSecond = SwapsPerShard * Shards, Skew = Skew, SkewShift = SkewShift, EvenShards = Skew > 0, LoadMs = long.MaxValue / 1_000_000,
            IntervalMs = IntervalMs, DelayMs = OneWayMs + 5, Channels = new Prozchain.Sharding.Receipts.ChannelOptions { InitialCredit = 4096, MaxChannels = Math.Max(16, Shards), MaxQueued = 1L << 24 },
            World = new WorldOptions { Cost = meter.Charge, TraceLength = 0, Network = new NetworkOptions { Delays = RegionDelays.Uniform(1000 * OneWayMs) } },
        });
        bank.World.RunTo(WarmUpMs);
        BankReport before = bank.Report();
        long[] cpu = [.. bank.World.Nodes.Select(node => node.Statistics.CpuNanoseconds)];
        long headers = meter.Headers;
        double[] spent = [.. meter.Spent];
        bank.World.RunFor(1000 * Seconds);
        BankReport after = bank.Report();
        double[] used = [.. bank.World.Nodes.Select((node, i) => (node.Statistics.CpuNanoseconds - cpu[i]) / (Seconds * 1e9))];
        return new CostedResult(
            (after.Applied - before.Applied) * Weight / Seconds, (after.Commits - before.Commits) * Weight / Seconds, used.Average(), used.Max(),
            (after.LowestHeight - before.LowestHeight) / (double)Seconds, (meter.Headers - headers) / (double)(Seconds * used.Length), after.MedianMs, after.SlowestPercentMs,
            [.. meter.Spent.Select((now, i) => (now - spent[i]) / (Seconds * 1e9 * used.Length))], after.Waiting);
    }
}

/// <summary>What it did, a second.</summary>
/// <param name="Transfers">Transfers final, over all shards.</param>
/// <param name="Commits">Atomic swaps certified to commit, over all shards.</param>
/// <param name="MeanCpu">CPU that a node used, mean over nodes, cores.</param>
/// <param name="MostCpu">That of the busiest node.</param>
/// <param name="Blocks">Blocks of the slowest shard.</param>
/// <param name="Headers">Certified headers of other shards that a node verified, mean.</param>
/// <param name="MedianMs">Cross-shard: submission to credit in a final block.</param>
/// <param name="SlowestPercentMs">99 of 100.</param>
/// <param name="Cpu">Mean CPU by <see cref="Work"/>, cores.</param>
/// <param name="Waiting">Customers that wait at the end.</param>
internal sealed record CostedResult(double Transfers, double Commits, double MeanCpu, double MostCpu, double Blocks, double Headers, long MedianMs, long SlowestPercentMs, double[] Cpu, int Waiting);
