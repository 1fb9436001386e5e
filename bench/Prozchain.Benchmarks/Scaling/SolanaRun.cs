using System.Diagnostics;
using Prozchain.Benchmarks.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>Solana's bench (research, section 4c, 2): verification and execution apart, per core, samples of a second.</summary>
internal static class SolanaRun
{
    private const int Accounts = 1 << 15, Transfers = Accounts / 2, Samples = 4;

    public static void Run(Report report)
    {
        report.Line($"- Work: {Accounts:N0} funded accounts, blocks of {Transfers:N0} transfers of which no two share an account, Ed25519. Samples of one second. Verify: signatures from the bytes of the body, in batches. Execute: from the bytes of the body to statuses, sorted writes, write digest and receipts root over a hash table. No network.");
        report.Line("- Quoted, not run: Firedancer 20 to 40 thousand a second per verify tile and per bank tile (Ice Lake).");
        report.Head("what", "threads", "median, tx/s", "lowest", "highest", "a core");
        var load = new FlatLoad(Accounts, Transfers, disjoint: true, signed: true);
        foreach (int threads in (int[])[1, 2]) Verify(report, load, threads);
        foreach (int threads in (int[])[1, 2]) Execute(report, load, threads);
    }

    private static void Verify(Report report, FlatLoad load, int threads)
    {
        var batch = new SignatureBatch();
        var body = new MicroBlockBody();
        var verifier = new Ed25519Verifier();
        Sample(report, "verify", threads, () =>
        {
            body.Read(load.Body.Encoded);
            if (!batch.Verify(default(TransferTransition), load.Block, body, verifier, threads).IsOk) throw new InvalidOperationException("Expected valid signatures.");
        });
    }

    private static void Execute(Report report, FlatLoad load, int threads)
    {
        using var executor = new MicroBlockExecutor<TransferTransition>(default, maxDegreeOfParallelism: threads);
        var body = new MicroBlockBody();
        Sample(report, "execute", threads, () =>
        {
            body.Read(load.Body.Encoded);
            executor.Execute(load.Block, body, load);
            if (executor.Outcome.Counters.Applied != Transfers) throw new InvalidOperationException("Expected all transfers applied.");
        });
    }

    private static void Sample(Report report, string what, int threads, Action run)
    {
        var rates = new List<double>();
        for (int sample = 0; sample <= Samples; sample++)
        {
            long start = Stopwatch.GetTimestamp(), runs = 0;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < 1)
            {
                run();
                runs++;
            }
            // The first one warms up.
            if (sample > 0) rates.Add(runs * Transfers / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        rates.Sort();
        report.Row($"{what}", $"{threads}", $"{rates[rates.Count / 2]:N0}", $"{rates[0]:N0}", $"{rates[^1]:N0}", $"{rates[rates.Count / 2] / threads:N0}");
    }
}
