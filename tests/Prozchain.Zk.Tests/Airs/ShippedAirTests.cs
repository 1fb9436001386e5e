using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Tests.Air;

namespace Prozchain.Zk.Tests.Airs;

public sealed class ShippedAirTests
{
    public static TheoryData<string> All => [.. AirCases.Names];

    // Width, rows of a fact, constraints, degree, interactions and their degree: the table of docs/air.md.
    public static TheoryData<string, int, int, int, int, int> Figures => new()
    {
        { "fibonacci", 2, 5, 2, 0, 0 },
        { "range bits", 7, 6, 2, 1, 1 },
        { "range bytes", 5, 1, 1, 4, 1 },
        { "range table", 1, 0, 0, 1, 1 },
        { "byte range", 1, 0, 0, 1, 1 },
        { "byte table", 2, 0, 0, 2, 1 },
        { "words", 14, 1, 2, 5, 1 },
        { "blake3", 1281, 1393, 3, 1, 2 },
        { "sha256", 421, 463, 3, 1, 1 },
        { "sha256 blocks", 1124, 1453, 3, 1, 1 },
        { "keccak", 2633, 3181, 3, 1, 1 },
        { "poseidon2", 1312, 1184, 3, 0, 0 },
        { "poseidon2 on its bus", 330, 296, 3, 2, 1 },
    };

    [Theory]
    [MemberData(nameof(All))]
    public void Trace_Generated_SatisfiesEveryConstraint(string name) => Assert.Empty(AirCases.Make(name).ConstraintFaults());

    [Theory]
    [MemberData(nameof(All))]
    public void Graph_AtRandomPoints_GivesWhatTheAirGives(string name)
    {
        AirCase air = AirCases.Make(name);
        for (int seed = 0; seed < 3; seed++) air.AssertGraphAgrees(10 * seed);
    }

    [Theory]
    [MemberData(nameof(Figures))]
    public void Graph_OfTheAir_HasTheFiguresOfTheDocumentation(string name, int width, int constraints, int degree, int interactions, int interactionDegree)
    {
        ConstraintGraph graph = AirCases.Make(name).Graph;
        Assert.Equal((width, constraints, degree, interactions, interactionDegree),
            (graph.Shape.Width, graph.Constraints.Count, graph.MaxDegree, graph.Interactions.Count, graph.MaxInteractionDegree));
    }

    [Theory]
    [InlineData("fibonacci")]
    [InlineData("range bits")]
    [InlineData("range bytes")]
    [InlineData("range table")]
    [InlineData("byte range")]
    [InlineData("words")]
    public void SmallTrace_AnyCellChanged_IsFound(string name)
    {
        AirCase air = AirCases.Make(name);
        for (int row = 0; row < air.Trace.Height; row++) air.AssertEachChangeFound(row);
        air.AssertRandomChangesFound(500, 1);
    }

    [Theory]
    [InlineData("blake3", 0, 1, 6, 7, 8, 15)]
    [InlineData("sha256", 0, 1, 48, 59, 60, 62, 63, 64, 127)]
    [InlineData("sha256 blocks", 0, 1, 2, 6, 7, 8, 15)]
    [InlineData("keccak", 0, 23, 24, 63)]
    [InlineData("poseidon2", 0, 1)]
    [InlineData("poseidon2 on its bus", 0, 2, 3)]
    public void LargeTrace_AnyCellOfARowChanged_IsFound(string name, params int[] rows)
    {
        AirCase air = AirCases.Make(name);
        foreach (int row in rows) air.AssertEachChangeFound(row);
    }

    [Theory]
    [InlineData("byte table", 2000)]
    [InlineData("blake3", 2000)]
    [InlineData("sha256", 2000)]
    [InlineData("sha256 blocks", 2000)]
    [InlineData("keccak", 500)]
    [InlineData("poseidon2", 500)]
    public void LargeTrace_RandomCellsChanged_AreFound(string name, int count) => AirCases.Make(name).AssertRandomChangesFound(count, 2);

    [Fact]
    public void Eval_OfAWideAirAtAPoint_AllocatesNothing()
    {
        AirCase air = AirCases.Make("sha256");
        var local = FieldTools.Elements<Fields.Field31<Fields.KoalaBear>>(air.Trace.Width, 3);
        var periodic = FieldTools.Elements<Fields.Field31<Fields.KoalaBear>>(7, 4);
        AllocationAssert.None(() =>
        {
            PointBuilder<Fields.Field31<Fields.KoalaBear>, ConstraintFolder<Fields.Field31<Fields.KoalaBear>>> builder =
                new(new() { Local = local, Next = local, Periodic = periodic }, new(local[0], local[1], local[2], local[3]));
            new Prozchain.Zk.Airs.Sha256CompressionAir().Eval<PointBuilder<Fields.Field31<Fields.KoalaBear>, ConstraintFolder<Fields.Field31<Fields.KoalaBear>>>,
                FieldValue<Fields.Field31<Fields.KoalaBear>>>(ref builder);
        }, warmUps: 100);
    }
}
