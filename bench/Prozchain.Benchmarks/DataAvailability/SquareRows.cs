using System.Buffers;
using Prozchain.Benchmarks.Quick;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Ports;
using Prozchain.DataAvailability.Repair;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>
/// Squares of 512-byte cells: made, sampled, repaired, on one thread. Namespaced trees, as the peers' are, make a leaf 542
/// and a node 181 bytes long; in the plain tree these are 513 and 65: it is less hashing there.
/// </summary>
internal static class SquareRows
{
    private const string Area = "DataAvailability";
    private const double Confidence = 0.999;

    // Where the peers were measured, the BCL's SHA-256 ran at this rate, GB/s.
    public const double Sha256There = 1.79;

    public const int CellSize = SquareParameters.DefaultCellSize;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Encode(32),
        Encode(128),
        Commit(128, 1) with { Peer = There(128, "assembled C++", 44.12), Floor = Within(128, 40), Aim = Within(128, 22) },
        Commit(512, 1) with { Peer = There(512, "assembled C++", 783.83), Floor = Within(512, 750), Aim = Within(512, 400) },
        Commit(128, 2),
        Repair(32),
        Repair(128) with { Peer = There(128, "rsmt2d", 138.34), Floor = Within(128, 90), Aim = Within(128, 45) },
        Light("samples verified", Verify),
        Light("samples served and verified", Sample),
    ];

    /// <summary>Milliseconds that hashing the original data of a square takes at a rate in GB/s.</summary>
    public static double HashTime(int width, double rate) => (double)width * width * CellSize * 1e-6 / rate;

    /// <summary>The C++ program put together from the fastest parts, where it was measured.</summary>
    public static Peer There(int width, string name, double milliseconds) =>
        new(name) { Value = milliseconds, Ratio = HashTime(width, Sha256There) / milliseconds };

    // Of the time that it took where the peers were measured, as a ratio to the yardstick there.
    private static Goal Within(int width, double milliseconds) => new(GoalOf.Ratio, HashTime(width, Sha256There) / milliseconds);

    // As the peers do: namespaced trees, and memory that the squares before have used.
    private static QuickRow Commit(int width, int threads) =>
        QuickRow.Time(Area, $"namespaced square k = {width}: extend + all roots + data root, {threads} thread{(threads == 1 ? "" : "s")}", "ms", 1e3, () =>
        {
            var parameters = new SquareParameters(width, CellSize, null, NamespacedAxisTree.Instance);
            byte[] square = Seeded.Bytes(parameters.CellCount * CellSize, 1);
            for (int i = 0; i < parameters.CellCount; i++) square.AsSpan(i * CellSize, NamespacedAxisTree.NamespaceSize).Clear();
            return new QuickBody(() => ExtendedSquare.ExtendInPlace(square, parameters, null, threads));
        })
        with
        { Against = Yardstick.Sha256, FromYardstick = rate => HashTime(width, rate) };

    private static QuickRow Encode(int width) => QuickRow.Time(Area, $"square k = {width}: extend + all roots + data root", "ms", 1e3, () =>
    {
        var parameters = new SquareParameters(width);
        byte[] payload = Seeded.Bytes(parameters.Capacity, 1);
        return new QuickBody(() => ExtendedSquare.Encode(payload, parameters));
    })
    with { Against = Yardstick.Sha256, FromYardstick = rate => HashTime(width, rate) };

    private static QuickRow Light(string what, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, $"light client, k = 32, {what}", "samples/s", prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond };

    private static ExtendedSquare Square(int width = 32)
    {
        var parameters = new SquareParameters(width);
        return ExtendedSquare.Encode(Seeded.Bytes(parameters.Capacity, 1), parameters);
    }

    private static QuickRow Repair(int width) => QuickRow.Time(Area, $"repair k = {width}, random half missing", "ms", 1e3, () => RepairBody(width)) with
    {
        Against = Yardstick.Sha256,
        FromYardstick = rate => HashTime(width, rate),
    };

    private static QuickBody RepairBody(int dataWidth)
    {
        ExtendedSquare square = Square(dataWidth);
        int width = square.Parameters.Width;
        bool[] present = Seeded.HalfLost(width * width, 2);
        var prover = new SquareProver(square);
        var cells = new List<CheckedCell>();
        for (int i = 0; i < present.Length; i++)
        {
            if (!present[i]) continue;
            CellCheck check = prover.GetShare(i / width, i % width).TryCheck(square.Header, out CheckedCell? cell);
            cells.Add(cell ?? throw new InvalidOperationException($"Expected a valid cell, got {check}."));
        }
        var repair = new SquareRepair(square.Header);
        foreach (CheckedCell cell in cells) repair.Add(cell);
        void Run()
        {
            RepairResult result = repair.Repair();
            if (result.Status != RepairStatus.Repaired) throw new InvalidOperationException($"Expected a repaired square, got {result.Status}.");
        }
        return new QuickBody(Run);
    }

    private static QuickBody Verify()
    {
        const int Count = 64;
        SquareHeader header = Square().Header;
        var source = new LocalShareSource(Square());
        byte[] seed = Seeded.Bytes(Sampler.SeedSize, 3);
        var answers = new List<byte[]>();
        Draw(header, seed, Count, cell =>
        {
            var answer = new ArrayBufferWriter<byte>();
            source.FetchAsync(new ShareRequest(header.DataRoot.ToArray(), cell.Row, cell.Column), answer, default).AsTask().GetAwaiter().GetResult();
            answers.Add(answer.WrittenSpan.ToArray());
            return answers[^1];
        });
        void Run()
        {
            int next = 0;
            Draw(header, seed, Count, _ => answers[next++]);
        }
        return new QuickBody(Run, Count);
    }

    private static void Draw(SquareHeader header, byte[] seed, int count, Func<CellCoordinate, byte[]> ask)
    {
        var sampler = Sampler.ForSquare(header, seed);
        for (int i = 0; i < count && sampler.TryNext(out CellCoordinate cell); i++)
        {
            SampleReport report = sampler.Submit(cell, ShareStatus.Served, ask(cell));
            if (report.Outcome != SampleOutcome.Accepted) throw new InvalidOperationException($"Expected an accepted sample, got {report.Outcome}.");
        }
    }

    private static QuickBody Sample()
    {
        ExtendedSquare square = Square();
        var source = new LocalShareSource(square);
        byte[] seed = Seeded.Bytes(Sampler.SeedSize, 3);
        void Run()
        {
            SamplingResult result = new LightClient(square.Header, seed).SampleAsync(source, Confidence).GetAwaiter().GetResult();
            if (!result.IsAvailable) throw new InvalidOperationException($"Expected an available square, got {result}.");
        }
        return new QuickBody(Run, SamplingConfidence.SamplesNeeded(square.Parameters.DataWidth, Confidence));
    }
}
