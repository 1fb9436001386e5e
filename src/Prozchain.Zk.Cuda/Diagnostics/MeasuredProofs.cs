using System.Buffers;
using System.Globalization;
using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Cuda.Tapes;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;
using Prozchain.Zk.Merkle;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Whole proofs at what is proven to be 100 bits: of inputs, whose trace is a part of the work, and of traces in the host's memory.</summary>
internal static class MeasuredProofs
{
    private const double Bar = 0.4;
    private const int NamedKernels = 6;

    private static readonly F[][] s_noPublicValues = [[]];

    public static void Measure(SelfTestBench bench)
    {
        int permutations = bench.Options.PermutationsInARow, threads = Environment.ProcessorCount;
        Prove(bench, "Poseidon2", new Poseidon2Air<KoalaBear>(permutations), logRows => MeasuredTraces.Poseidon2(permutations, logRows, threads));
        Prove(bench, "Keccak-f", new KeccakAir(isAlone: true), logRows => MeasuredTraces.Keccak(logRows, threads));
    }

    private static void Prove(SelfTestBench bench, string name, IAir air, Func<int, Trace<F>> describe)
    {
        int width = StarkKey<F>.TablesOf([air], false, out _)[0].Shape.Width;
        // Twice the extended trace, about, and it is extended to twice its rows or more.
        int logRows = bench.Fit(bench.Options.LogProofRows, log => 16L * (width + 64) << log);
        foreach (bool onHost in (ReadOnlySpan<bool>)[false, true])
        {
            string full = $"proof of {name}, 2^{logRows} rows x {width}, Secure100, {(onHost ? "trace on the host" : "with its trace")}";
            if (!bench.IsWanted(full)) continue;
            bench.Guarded(full, () =>
            {
                StarkKey<F> key = StarkKey.Create<F>([air], StarkParameters.Secure100(StarkKey.ShapeOf<F>([air], logRows, logRows)));
                Trace<F> trace = describe(logRows);
                // A cell that is asked for makes it.
                if (onHost) _ = trace[0, 0];
                return Measure(bench, full, key, trace);
            });
        }
    }

    private static CudaMeasurement Measure(SelfTestBench bench, string name, StarkKey<F> key, Trace<F> trace)
    {
        CudaMemoryPlan? planned = null;
        StarkProverOptions onProcessor = new() { MaxDegreeOfParallelism = Environment.ProcessorCount }, onDevice = onProcessor.WithCuda(bench.Device, plans: new Planned(plan => planned = plan));
        int runs = bench.Options.Runs / 3;
        // The first loads and compiles kernels.
        (StarkProof proof, double first) = Timed(onDevice);
        bool isRight = StarkVerifier.Verify(key, s_noPublicValues, proof) == VerifyResult.Valid;
        double[] times = [.. Enumerable.Range(0, runs).Select(_ => Timed(onDevice).Seconds)];
        (double all, IReadOnlyList<DeviceInterval> work) = Watched(bench, () => Timed(onDevice).Seconds);
        double? processor = null;
        if (bench.Options.ProveOnProcessor)
        {
            (StarkProof same, double time) = Timed(onProcessor);
            processor = time;
            isRight &= Bytes(same).AsSpan().SequenceEqual(Bytes(proof));
        }
        double floor = Floor(bench, key, trace, out WorkCost cost);
        return new()
        {
            Name = name,
            IsRight = isRight,
            Seconds = runs > 0 ? SelfTestBench.Median(times) : all,
            Runs = Math.Max(1, runs),
            Bytes = cost.Bytes,
            Operations = cost.Operations,
            Floor = floor,
            Bar = Bar,
            Idle = Math.Clamp(1 - DeviceTimeline.Busy(work) / all, 0, 1),
            ProcessorSeconds = processor,
            Note = $"{Memory(planned!)}; {Where(work, first)}",
        };

        (StarkProof Proof, double Seconds) Timed(StarkProverOptions options)
        {
            long start = TimeProvider.System.GetTimestamp();
            StarkProof proof = StarkProver.Prove(key, [trace], s_noPublicValues, options, cancellation: bench.Cancellation);
            return (proof, TimeProvider.System.GetElapsedTime(start).TotalSeconds);
        }
    }

    // A run with events around all that the device does, which cost a little: its time counts only where there is no other.
    private static (double Seconds, IReadOnlyList<DeviceInterval> Work) Watched(SelfTestBench bench, Func<double> run)
    {
        using DeviceSession session = new(bench.Device, 1);
        using DeviceTimeline timeline = new(session.Stream);
        bench.Device.Timeline = timeline;
        try
        {
            return (run(), timeline.Collect());
        }
        finally
        {
            bench.Device.Timeline = null;
        }
    }

    private static string Memory(CudaMemoryPlan plan) => plan.IsResident
        ? $"{plan.Bytes >> 20} MiB of the device" : $"in pieces within {plan.Bytes >> 20} MiB of the device, as {plan.ResidentBytes >> 20} MiB would be needed";

    // What kernels and copies took longest, in milliseconds.
    private static string Where(IReadOnlyList<DeviceInterval> work, double first)
    {
        IEnumerable<string> longest = work.GroupBy(interval => interval.Name)
            .Select(group => (group.Key, Count: group.Count(), Time: group.Sum(interval => interval.End - interval.Begin)))
            .OrderByDescending(kind => kind.Time).Take(NamedKernels)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{kind.Key} {kind.Time:F2} ({kind.Count})"));
        return string.Create(CultureInfo.InvariantCulture, $"first {first:F2} s; ms on the device: {string.Join(", ", longest)}");
    }

    private static byte[] Bytes(StarkProof proof)
    {
        ArrayBufferWriter<byte> bytes = new(proof.EncodedSize);
        proof.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }

    // One part after the other, each at its own yardstick, but that a trace of the host comes beside its extension.
    private static double Floor(SelfTestBench bench, StarkKey<F> key, Trace<F> trace, out WorkCost all)
    {
        StarkTable<F> table = key.Tables[0];
        int degree = key.Parameters.ExtensionDegree, logBlowup = key.Parameters.LogBlowup, logRows = System.Numerics.BitOperations.Log2((uint)trace.Height);
        int width = trace.Width, logChunks = table.LogChunks(false), quotients = degree << logChunks, points = table.UsesNext ? 2 : 1;
        long rows = trace.Height, size = rows << logBlowup;
        WorkCost extension = WorkCost.Extension(logRows, logBlowup) * width;
        List<WorkCost> parts =
        [
            Tree(width, size),
            WorkCost.Tape(LoweredTape.Of(table.Tape.Quotient, 0, degree), degree, 1) * (rows << logChunks),
            WorkCost.Extension(logRows, logBlowup) * quotients,
            Tree(quotients, size),
            WorkCost.Opening(width, degree) * (rows * points),
            WorkCost.Opening(quotients, degree) * rows,
            WorkCost.Combination(width, points, degree) * size,
            WorkCost.Combination(quotients, 1, degree) * size,
        ];
        long values = size;
        foreach (int logArity in key.Parameters.FoldSchedule(logRows))
        {
            values >>= logArity;
            parts.Add(Tree(degree << logArity, values));
            parts.Add(WorkCost.Fold(logArity, degree) * values);
        }
        GrindingBits work = key.Parameters.Grinding;
        int folds = key.Parameters.FoldSchedule(logRows).Length;
        long nonces = (1L << work.Composition) + (1L << work.OutOfDomain) + (1L << work.Batching) + ((long)folds << work.Fold) + (1L << work.Query);
        parts.Add(new WorkCost(0, HashCost.OfNode<F, ByteMatrixHash<F, Keccak256>>().Operations, IsLogic: true) * nonces);
        double before = bench.Floor(extension);
        if (trace.Source is { } source)
        {
            parts.Add(MeasuredTraces.Cost(source, out long given));
            before += Upload(given);
        }
        else
        {
            before = Math.Max(before, Upload(4L * width * rows));
        }
        all = parts.Aggregate(extension, (sum, part) => sum + part);
        return before + parts.Sum(bench.Floor);

        double Upload(long bytes) => bench.UploadRate > 0 ? bytes / bench.UploadRate : 0;

        static WorkCost Tree(int columns, long height) => WorkCost.Tree(
            HashCost.OfRow<F, ByteMatrixHash<F, Keccak256>>(columns), HashCost.OfNode<F, ByteMatrixHash<F, Keccak256>>(), height, isLogic: true);
    }

    private sealed class Planned(Action<CudaMemoryPlan> report) : IProgress<CudaMemoryPlan>
    {
        public void Report(CudaMemoryPlan value) => report(value);
    }
}
