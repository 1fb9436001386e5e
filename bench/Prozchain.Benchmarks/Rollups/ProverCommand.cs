using System.Diagnostics;
using System.Globalization;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Zk;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>prover [LOG] [--threads N] [--counters FILE]: where the time of a batch's proof goes.</summary>
internal static class ProverCommand
{
    private const string Usage = "Usage: prover [LOG] [--threads N] [--times N] [--checks N] [--counters FILE]: proves a batch of 2^LOG payments and says where the time goes; or works out the counters of its signatures.";

    private static TimeSpan s_used;

    /// <summary>Prints the times; 2 when the command line is wrong.</summary>
    public static int Run(ReadOnlySpan<string> args)
    {
        (int log, int threads, int times, int checks, string? counters) = (12, 2, 2, 3, null);
        bool isRight = true;
        if (!args.IsEmpty && int.TryParse(args[0], CultureInfo.InvariantCulture, out int given))
        {
            log = given;
            args = args[1..];
        }
        for (; !args.IsEmpty && isRight; args = args[2..])
        {
            isRight = args.Length > 1;
            if (args is ["--counters", string file, ..]) counters = file;
            else isRight = isRight && args[0] switch
            {
                "--threads" => int.TryParse(args[1], CultureInfo.InvariantCulture, out threads) && threads > 0,
                "--times" => int.TryParse(args[1], CultureInfo.InvariantCulture, out times) && times > 0,
                "--checks" => int.TryParse(args[1], CultureInfo.InvariantCulture, out checks) && checks > 0,
                _ => false,
            };
            if (!isRight) break;
        }
        if (!isRight || log is < 0 or > 16)
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        var watch = Stopwatch.StartNew();
        ProverInput input = ProverWorkload.Uniform.Input(1 << log);
        Say("input", watch);
        if (counters is not null)
        {
            File.WriteAllBytes(counters, ProverWorkload.CountersOf(input));
            return 0;
        }
        _ = ProverRun.Keys;
        Say("keys", watch);
        for (int time = 0; time < times; time++)
        {
            Console.WriteLine($"-- {1 << log} payments, {threads} threads, {input.Source.Length:N0} B of rows");
            ProverRun.Steps(input, threads, name => Say(name, watch));
            long start = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes();
            BatchProof proof = ProverRun.Prove(input, threads, ProverRun.Memory);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            Say("all, and verified", watch);
            Console.WriteLine($"{(1 << log) / seconds:N0} payments a second; {(GC.GetTotalAllocatedBytes() - allocated) >> 20:N0} MiB allocated, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20:N0} MiB");
            Console.WriteLine($"bytes: {string.Join(", ", proof.Proofs.Select(part => part.EncodedSize.ToString("N0", CultureInfo.InvariantCulture)))}");
            GroupProof<F> segment = ProverRun.Segment(proof, 1);
            for (int i = 0; i < checks; i++)
            {
                watch.Restart();
                VerifyResult result = StarkGroup.VerifyAlone(segment, segment.Proof.Place!);
                Say($"verification of a segment, {result}", watch);
            }
        }
        return 0;
    }

    // The processor's time beside the wall's: a machine may be busy with other work.
    private static void Say(string what, Stopwatch watch)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        Console.WriteLine($"{watch.Elapsed.TotalMilliseconds,10:N1} ms {(used - s_used).TotalMilliseconds,10:N1} ms used  {what}");
        s_used = used;
        watch.Restart();
    }
}
