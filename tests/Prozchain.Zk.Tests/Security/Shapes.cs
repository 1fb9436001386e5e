using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

internal static class Shapes
{
    /// <summary>2^17 Poseidon2 permutations, eight on a row of 1312 columns, degree 3, as the peer's benchmark has it.</summary>
    public static StarkShape Poseidon2(int logRows) => new()
    {
        Field = StarkField.KoalaBear, MinLogRows = logRows, MaxLogRows = logRows, Columns = 1312, Constraints = 1184, ConstraintDegree = 3,
    };

    /// <summary>The peer's settings: blowup 2, 100 queries, 16 bits, folds by 8 down to a constant.</summary>
    public static StarkParameters Peer { get; } = StarkParameters.ForBenchmark(Poseidon2(14), 4, 1, 100, new(0, 0, 0, 0, 0, 16), 3, 0);

    public static ProtocolNumbers PeerNumbers { get; } = ProtocolNumbers.Of(new()
    {
        Shape = Poseidon2(14), TargetBits = 1, ExtensionDegree = 4, LogBlowup = 1, Regime = ProximityRegime.UniqueDecoding, Multiplicity = 0,
        Batching = BatchingKind.Powers, Queries = 100, MaxLogArity = 3, LogFinalLength = 0, Grinding = new(0, 0, 0, 0, 0, 16), DigestBits = 256,
    });

    public static StarkShape Small { get; } = new()
    {
        Field = StarkField.KoalaBear, MinLogRows = 4, MaxLogRows = 16, Columns = 40, Constraints = 60, ConstraintDegree = 3,
        Lookups = 6, MessageWidth = 5, LookupColumns = 4, Tables = 3, ZeroKnowledge = true,
    };

    /// <summary>A shape from a seed, of any kind that has a chance.</summary>
    public static StarkShape Random(int seed)
    {
        var random = new Random(seed);
        int lookups = random.Next(2) * random.Next(1, 40), most = random.Next(9, 19);
        return new()
        {
            Field = random.Next(4) == 0 ? StarkField.Goldilocks : StarkField.KoalaBear,
            MinLogRows = random.Next(3, most + 1), MaxLogRows = most, Columns = 1 << random.Next(0, 12), Constraints = random.Next(1, 3000),
            ConstraintDegree = random.Next(1, 8), OpeningPoints = random.Next(1, 4), Lookups = lookups,
            MessageWidth = lookups == 0 ? 0 : random.Next(1, 20), LookupColumns = lookups, Tables = random.Next(1, 5), ZeroKnowledge = random.Next(2) == 1,
        };
    }
}
