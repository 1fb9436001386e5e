using Prozchain.Benchmarks.Quick;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Rows;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.Benchmarks.DataAvailability;

/// <summary>
/// Row codes, on one thread, original data a second. The peer is RSEMA1D in Go at 98 MB/s where the BCL's SHA-256 runs at
/// 1.79 GB/s; four rows are hashed for each row of data, so hashing alone at the yardstick's rate would give a quarter of it.
/// </summary>
internal static class RowRows
{
    private const string Area = "DataAvailability";
    private const double Sha256There = 1.79, Confidence = 0.999999;

    // The code that every row uses; the commitments are the same with any implementation of it.
    private static readonly IErasureCode s_code = LeopardReedSolomon.Wide;

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        QuickRow.Rate(Area, "rows 4096+12288 x 8 KiB: encode + commit", "GB/s", () => Encode(8192, 4096, 12288, 1)) with
        {
            Against = Yardstick.Sha256,
            Peer = new Peer("rsema1d") { Value = 0.0984, Ratio = 0.0984 / Sha256There },
            Floor = new Goal(GoalOf.Ratio, 0.3 / Sha256There),
            Aim = new Goal(GoalOf.Ratio, 0.8 / Sha256There),
        },
        QuickRow.Rate(Area, "rows 64+192 x 8 KiB: encode + commit", "GB/s", () => Encode(8192, 64, 192, 1)) with { Against = Yardstick.Sha256 },
        QuickRow.Rate(Area, "rows 4096+12288 x 8 KiB: encode + commit, 2 threads", "GB/s", () => Encode(8192, 4096, 12288, 2)) with { Against = Yardstick.Sha256 },
        QuickRow.Rate(Area, "rows 4096+12288 x 8 KiB: one row verified", "GB/s", Verify) with { Against = Yardstick.Sha256 },
        QuickRow.Rate(Area, "rows 64+192 x 8 KiB: light client over a local source to 99.9999 %", "GB/s", Sample) with { Against = Yardstick.Sha256 },
    ];

    private static QuickBody Encode(int rowSize, int dataRows, int parityRows, int threads)
    {
        var parameters = new RowParameters(rowSize, dataRows, parityRows, s_code);
        byte[] rows = Seeded.Bytes(parameters.Rows * rowSize, 1);
        return new QuickBody(() => ExtendedRows.Extend(rows, parameters, threads), parameters.DataSize * 1e-9);
    }

    private static QuickBody Sample()
    {
        ExtendedRows rows = ExtendedRows.Encode(Seeded.Bytes(64 * 8192, 1), new RowParameters(8192, 64, 192, s_code));
        rows.Header.TryVerify(out RowVerifier? verifier);
        var source = new LocalShareSource(rows);
        byte[] seed = Seeded.Bytes(Sampler.SeedSize, 3);
        void Run()
        {
            SamplingResult result = new RowLightClient(verifier!, seed).SampleAsync(source, Confidence).GetAwaiter().GetResult();
            if (!result.IsAvailable) throw new InvalidOperationException($"Expected available rows, got {result}.");
        }
        return new QuickBody(Run, SamplingConfidence.SamplesNeeded(SamplingScheme.Rows(rows.Parameters), Confidence) * 8192e-9);
    }

    private static QuickBody Verify()
    {
        // Every row as long as the profile's, the trees as deep; that the code is one of 64 to 256 bytes a row does not matter here.
        var parameters = new RowParameters(8192, 64, 192, s_code);
        ExtendedRows rows = ExtendedRows.Encode(Seeded.Bytes(parameters.DataSize, 1), parameters);
        RowVerifier.TryCreate(rows.Commitment, rows.Rlc, out RowVerifier? verifier);
        RowProof proof = rows.Prove(200);
        void Run()
        {
            RowCheck check = verifier!.Verify(proof, out _);
            if (check != RowCheck.Valid) throw new InvalidOperationException($"Expected a valid row, got {check}.");
        }
        return new QuickBody(Run, parameters.RowSize * 1e-9);
    }
}
