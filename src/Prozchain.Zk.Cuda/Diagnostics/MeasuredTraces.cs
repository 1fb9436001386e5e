using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Cuda.Backend;
using Prozchain.Zk.Cuda.Driver;
using Prozchain.Zk.Fields;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Diagnostics;

/// <summary>Traces that are made on the device, and what that takes at least.</summary>
internal static class MeasuredTraces
{
    private const int SmallLogRows = 7;

    public static void Measure(SelfTestBench bench)
    {
        Measure(bench, "Poseidon2", (logRows, threads) => Poseidon2(bench.Options.PermutationsInARow, logRows, threads));
        Measure(bench, "Keccak-f", Keccak);
        Measure(bench, "BLAKE3", (logRows, _) => Blake3Compression.Describe<F>(Compressions(
            logRows, Blake3CompressionAir.RowsPerCompression, (chaining, message) => new Blake3Compression(chaining, message, 1, 64, 0))));
        Measure(bench, "SHA-256", (logRows, threads) => Sha256Compression.Describe<F>(Compressions(
            logRows, Sha256CompressionAir.RowsPerCompression, (chaining, message) => new Sha256Compression(chaining, message)), threads));
    }

    /// <summary>As many permutations as the rows hold.</summary>
    public static Trace<F> Poseidon2(int permutations, int logRows, int threads) =>
        new Poseidon2Air<KoalaBear>(permutations).Describe(SelfTestData.Elements(16 * permutations << logRows, 41), threads);

    /// <summary>As many permutations as end within the rows; nobody asks for them.</summary>
    public static Trace<F> Keccak(int logRows, int threads)
    {
        return KeccakInput.Describe<F>(
            Enumerable.Range(0, (1 << logRows) / KeccakColumns.Rounds)
                .Select(i => new KeccakInput(Enumerable.Range(0, KeccakSource<F>.Lanes).Select(k => Lane(KeccakSource<F>.Lanes * i + k)).ToArray(), 0)).ToArray(), threads);

        static ulong Lane(int i) => (ulong)SelfTestData.Word((uint)(2 * i), uint.MaxValue, 42) << 32 | SelfTestData.Word((uint)(2 * i + 1), uint.MaxValue, 42);
    }

    /// <summary>What a trace takes at least: every cell is written and every input read, and what Kernels/traces_*.cu compute.</summary>
    /// <param name="source">What makes it.</param>
    /// <param name="given">Bytes of inputs, which come from the host.</param>
    public static WorkCost Cost(TraceSource<F> source, out long given)
    {
        (given, long operations) = source switch
        {
            Poseidon2Source<KoalaBear> of => ((long)of.Inputs.Length * DeviceMatrix.ElementSize, of.Permutations * Permutation()),
            KeccakSource<F> of => (of.Inputs.Length * 51L * sizeof(uint), Row(HashCost.KeccakRound, limbs: 3 * 100 + 4, of.Width)),
            Blake3Source<F> of => (of.Inputs.Length * 29L * sizeof(uint), Row(HashCost.Blake3Round, limbs: 8 + 12 * 4 + 8 + 32 + 16 + 8 + 8, of.Width)),
            Sha256Source<F> of => (of.Inputs.Length * 25L * sizeof(uint), Row(HashCost.Sha256Round, limbs: 4 + 28 + 16 + 32, of.Width)),
            _ => throw new ArgumentException($"Expected a source of a known cost, got {source.GetType().Name}.", nameof(source)),
        };
        return new((long)source.Width * source.Height * DeviceMatrix.ElementSize + given, operations * source.Height, IsLogic: source is not Poseidon2Source<KoalaBear>);
    }

    // An external matrix is 80 sums, 9 of them; of a full round 16 boxes of two products, of a partial one a box, 31 sums and 16 products of the matrix.
    private static long Permutation()
    {
        int partial = Poseidon2Columns<KoalaBear>.PartialRounds, full = 2 * Poseidon2Columns<KoalaBear>.HalfFull * Poseidon2Columns<KoalaBear>.StateWidth;
        return WorkCost.Sum * (9L * 80 + full + partial * 32) + WorkCost.Product * (2L * (full + partial) + partial * 16);
    }

    // A round, a product and a mask for each limb, two functions for each bit; one column is a counter.
    private static long Row(int round, int limbs, int width) => round + limbs * (WorkCost.Product + 1) + 2 * (width - limbs - 1);

    private static T[] Compressions<T>(int logRows, int rows, Func<uint[], uint[], T> make) =>
        [.. Enumerable.Range(0, Math.Max(1, (1 << logRows) / rows)).Select(i => make(Words(24 * i, 8), Words(24 * i + 8, 16)))];

    private static uint[] Words(int first, int count) => [.. Enumerable.Range(first, count).Select(i => SelfTestData.Word((uint)i, uint.MaxValue, 43))];

    private static void Measure(SelfTestBench bench, string name, Func<int, int, Trace<F>> describe)
    {
        int width = describe(0, 1).Width, logRows = Math.Max(SmallLogRows, bench.Fit(bench.Options.LogProofRows, log => 5L * width << log));
        string full = $"trace of {name}, 2^{logRows} rows x {width}, without copies";
        if (!bench.IsWanted(full)) return;
        TraceSource<F> source = describe(logRows, 1).Source!;
        bench.Measure(full, Cost(source, out _), null, session => Check(session, describe(SmallLogRows, 1)), session =>
        {
            DeviceMatrix target = DeviceMatrix.Allocate(session, logRows, 0, width, "a trace");
            return () => DeviceTraces.Make(session, source, target);
        }, interval => !interval.IsCopy);
    }

    private static bool Check(DeviceSession session, Trace<F> trace)
    {
        using DeviceMatrix target = DeviceMatrix.Allocate(session, System.Numerics.BitOperations.Log2((uint)trace.Height), 0, trace.Width, "a trace");
        DeviceTraces.Make(session, trace.Source!, target);
        F[] got = SelfTestData.Read(session, target);
        for (int column = 0; column < trace.Width; column++)
            if (!trace.Column(column).SequenceEqual(got.AsSpan(column * trace.Height, trace.Height))) return false;
        return true;
    }
}
