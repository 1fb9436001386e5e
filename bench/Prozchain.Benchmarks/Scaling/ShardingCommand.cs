namespace Prozchain.Benchmarks.Scaling;

/// <summary>sharding NAME [--costs FILE] [--save].</summary>
internal static class ShardingCommand
{
    private static readonly (string Name, string Title, Action<Report> Run)[] s_runs =
    [
        ("scaling", "Sharding from 1 to 1,024 shards, simulated time", ScalingRun.Run),
        ("latency", "Cross-shard latency, simulated time", LatencyRun.Run),
        ("near", "NEAR's native transfers, simulated time", NearRun.Run),
        ("solana", "Solana's bench: non-conflicting transfers over 32,768 accounts", SolanaRun.Run),
        ("blockstm", "Block-STM's p2p, execution only", BlockStmRun.Run),
        ("radix", "Radix' two-shard atomic swaps, simulated time", RadixRun.Run),
        ("smallbank", "SmallBank's MultiTransfer of two accounts", SmallBankRun.Run),
        ("simulator", "Speed of the simulator", SimulatorRun.Run),
    ];

    /// <summary>Runs one or all; 2 when the command line is wrong.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        string name = args.IsEmpty ? "" : args[0];
        var chosen = s_runs.Where(run => name == "all" || run.Name == name).ToArray();
        string? costs = null;
        bool save = false, isRight = chosen.Length > 0;
        for (int i = 1; i < args.Length && isRight; i++)
        {
            if (args[i] == "--save") save = true;
            else if (args[i] == "--costs" && i + 1 < args.Length) costs = args[++i];
            else isRight = false;
        }
        if (!isRight)
        {
            Console.Error.WriteLine("Usage: sharding NAME [--costs FILE] [--save]: measures and prints Markdown; with --save also writes bench/results/MACHINE/sharding-NAME.md.");
            Console.Error.WriteLine("With --costs simulated nodes pay what the file says, which an earlier run measured; if there is none, it is written. Names: all, or");
            foreach ((string Name, string Title, Action<Report>) run in s_runs) Console.Error.WriteLine($"  {run.Name,-10} {run.Title}");
            return 2;
        }
        if (costs is not null) MeasuredCosts.Use(costs);
        foreach ((string Name, string Title, Action<Report> Run) run in chosen)
        {
            var report = new Report(run.Title);
            run.Run(report);
            if (save) report.Save(run.Name);
        }
        return 0;
    }
}
