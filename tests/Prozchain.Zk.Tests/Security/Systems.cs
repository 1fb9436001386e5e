using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

/// <summary>
/// A system whose figures were published: composition, out-of-domain, batching, each fold, queries. Early reports count n
/// exceptional challenges at half the distance, as we do, and have the multiplicity as first printed.
/// </summary>
internal sealed record PublishedSystem(ProtocolNumbers Numbers, double Rate, double Gap, bool Early, int[] Unique, int[] Johnson)
{
    public PublishedBound JohnsonBound => PublishedBound.Johnson(Rate, Gap, Early);
}

/// <summary>Reports of the soundcalc project (May 2026), with the parameters printed in them.</summary>
internal static class Systems
{
    private static readonly double s_babyBear4 = 4 * Math.Log2(0x78000001), s_mersenne4 = 4 * Math.Log2(0x7FFFFFFF),
        s_koalaBear4 = 4 * Math.Log2(0x7F000001), s_goldilocks2 = 2 * Math.Log2(0xFFFFFFFF00000001);

    public static ProtocolNumbers Plain { get; } = new()
    {
        Log2Field = 124, LogRows = 20, MinLogRows = 20, LogBlowup = 1, BatchSize = 2, Batching = BatchingKind.Powers, Constraints = 1,
        ConstraintDegree = 2, QuotientChunks = 1, Points = 2, FoldLogArities = [], Queries = 1, DigestBits = 256, Grinding = default,
    };

    public static TheoryData<string, bool> All
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (string name in (string[])["RISC Zero", "Miden", "Airbender", "OpenVM app", "Pico riscv", "Pico convert"])
            {
                data.Add(name, false);
                data.Add(name, true);
            }
            return data;
        }
    }

    public static PublishedSystem Of(string name) => name switch
    {
        "RISC Zero" => New(s_babyBear4, 21, 2, 283, 279, 4, 9, [4, 4, 4, 4], 50, default,
            [115, 100, 92, 100, 104, 108, 112, 33], [109, 93, 63, 71, 75, 79, 83, 48], early: true),
        "Miden" => New(s_goldilocks2, 18, 3, 100, 100, 9, 2, [2, 2, 2, 2, 2, 2, 2], 27, new(0, 0, 0, 0, 0, 16),
            [121, 106, 100, 107, 109, 111, 113, 115, 117, 119, 38], [113, 98, 67, 74, 76, 78, 80, 82, 84, 86, 55], early: true),
        "Airbender" => New(s_mersenne4, 24, 1, 1225, 928, 2, 2, [4, 4, 4, 3, 3], 87, new(0, 0, 12, 0, 5, 28),
            [114, 110, 90, 106, 110, 114, 118, 121, 64], [109, 105, 68, 83, 87, 91, 95, 98, 67]),
        "OpenVM app" => New(s_babyBear4, 23, 1, 80000, 15000, 3, 2, [.. Enumerable.Repeat(1, 23)], 193, new(0, 0, 5, 20, 0, 20),
            [109, 103, 105, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 122, 123, 100],
            [104, 98, 82, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 106]),
        "Pico riscv" => New(s_koalaBear4, 22, 1, 1435, 4729, 3, 2, [.. Enumerable.Repeat(1, 22)], 84, new(0, 0, 0, 0, 0, 16),
            [111, 99, 92, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 122, 123, 50],
            [106, 95, 69, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 53]),
        _ => New(s_koalaBear4, 20, 1, 485, 323, 3, 2, [.. Enumerable.Repeat(1, 20)], 84, new(0, 0, 0, 0, 0, 16),
            [115, 101, 96, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 122, 123, 50],
            [110, 97, 73, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 96, 97, 98, 99, 100, 101, 102, 53]),
    };

    private static PublishedSystem New(double log2Field, int logRows, int logBlowup, int batch, int constraints, int degree, int points,
        int[] folds, int queries, GrindingBits grinding, int[] unique, int[] johnson, bool early = false)
    {
        ProtocolNumbers numbers = Plain with
        {
            Log2Field = log2Field, LogRows = logRows, MinLogRows = logRows, LogBlowup = logBlowup, BatchSize = batch, Constraints = constraints,
            ConstraintDegree = degree, Points = points, FoldLogArities = folds, Queries = queries, Grinding = grinding,
        };
        double rate = Math.ScaleB(1, -logBlowup);
        return new(numbers, rate, Math.Max(rate / 20, Math.Sqrt(rate) / 100), early, unique, johnson);
    }
}
