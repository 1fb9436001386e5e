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
        long cells = (long)source.Width * source.Height;
        bool isLogic = source is KeccakSource<F>;
        (given, long operations) = source switch
        {
            Poseidon2Source<KoalaBear> permutations => ((long)permutations.Inputs.Length * DeviceMatrix.ElementSize, (long)permutations.Permutations * source.Height * Permutation()),
            KeccakSource<F> permutations => (permutations.Inputs.Length * (KeccakSource<F>.Lanes * sizeof(ulong) + (long)sizeof(uint)), source.Height * Round()),
            _ => throw new ArgumentException($"Expected a source of a known cost, got {source.GetType().Name}.", nameof(source)),
        };
        return new(cells * DeviceMatrix.ElementSize + given, operations, isLogic);
    }

    // An external matrix is 80 sums, 9 of them; of a full round 16 boxes of two products, of a partial one a box, 31 sums and 16 products of the matrix.
    private static long Permutation()
    {
        int partial = Poseidon2Columns<KoalaBear>.PartialRounds, full = 2 * Poseidon2Columns<KoalaBear>.HalfFull * Poseidon2Columns<KoalaBear>.StateWidth;
        return WorkCost.Sum * (9L * 80 + full + partial * 32) + WorkCost.Product * (2L * (full + partial) + partial * 16);
    }

    // A round, a product and a mask for each limb, two functions for each bit.
    private static long Round()
    {
        const int Limbs = 3 * 100 + 4, Bits = KeccakColumns.Width - Limbs - 1;
        return HashCost.KeccakRound + Limbs * (WorkCost.Product + 1) + 2 * Bits;
    }

    private static void Measure(SelfTestBench bench, string name, Func<int, int, Trace<F>> describe)
    {
        int width = describe(0, 1).Width, logRows = bench.Fit(bench.Options.LogProofRows, log => 5L * width << log);
        string full = $"trace of {name}, 2^{logRows} rows x {width}, without copies";
        if (!bench.IsWanted(full)) return;
        TraceSource<F> source = describe(logRows, 1).Source!;
        bench.Measure(full, Cost(source, out _), null, session => Check(session, describe(Math.Min(logRows, SmallLogRows), 1)), session =>
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
