using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using E = Prozchain.Zk.Fields.Extension<Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Fields.KoalaBear4>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Lookups;

/// <summary>The terminals of tables that exchange messages add up to zero; those of tables that do not agree do not.</summary>
public sealed class LookupBalanceTests
{
    private static readonly E s_alpha = FieldTools.Element<E>(1), s_beta = FieldTools.Element<E>(2);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Terminals_OfALookup_AddUpToZeroIfMultiplicitiesAreRight(bool isWrong)
    {
        uint[] asked = new uint[256];
        Trace<F> bytes = SumOfBytesAir.Generate<F>([3, 1, 4, 1, 5, 9, 2, 6], asked);
        if (isWrong) asked[9]++;
        Assert.Equal(isWrong, Sum([Table(new SumOfBytesAir(), bytes, F.Zero), Table(new ByteRangeAir(), ByteRangeAir.Generate<F>(asked))]) != default);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public void Terminals_OfAPermutation_AddUpToZeroIfItIsOne(int changed)
    {
        // What column 0 of the first table is, with column 1, is column 1 of the second, with column 0; two of its elements are of degree 2.
        F[] x = FieldTools.Elements<F>(16, 5), y = FieldTools.Elements<F>(16, 6);
        Trace<F> left = Trace<F>.Borrow([x, y]), right = Trace<F>.Borrow([y.Reverse().ToArray(), x.Reverse().ToArray()]);
        if (changed >= 0) right[changed, 3] += F.One;
        Assert.Equal(changed >= 0, Sum([Table(new PairAir(IsSender: true), left), Table(new PairAir(IsSender: false), right)]) != default);
    }

    [Fact]
    public void TryGenerate_AMessageOfValueZero_IsReported()
    {
        ConstraintGraph graph = ConstraintGraph.Of(new ByteRangeAir());
        TableLookups lookups = LookupPlan.Of([graph]).Tables[0];
        // alpha + 200 + beta (bus + 1) is zero.
        E alpha = -(E.FromBase(F.FromUInt32(200)) + s_beta);
        var columns = new F[lookups.Columns * 4 * 256];
        Trace<F> trace = ByteRangeAir.Generate<F>(new uint[256]), preprocessed = new(1, 256);
        new ByteRangeAir().Preprocess(preprocessed);
        foreach (int threads in new[] { 1, 2 })
            Assert.False(LookupColumns.TryGenerate(new(lookups), trace, preprocessed, default, alpha, s_beta, columns, new(lookups.Columns * 4, 256), out _, threads));
        Assert.False(NaiveLookupColumns.TryGenerate(new(lookups), trace, preprocessed, default, alpha, s_beta, columns, new(lookups.Columns * 4, 256), out _));
    }

    private static (ConstraintGraph Graph, Trace<F> Trace, Trace<F>? Preprocessed, F[] Public) Table<TAir>(TAir air, Trace<F> trace, params F[] publicValues) where TAir : IAir
    {
        ConstraintGraph graph = ConstraintGraph.Of(air);
        Trace<F>? preprocessed = graph.Shape.PreprocessedWidth == 0 ? null : new(graph.Shape.PreprocessedWidth, trace.Height);
        if (preprocessed is not null) air.Preprocess(preprocessed);
        return (graph, trace, preprocessed, publicValues);
    }

    private static E Sum((ConstraintGraph Graph, Trace<F> Trace, Trace<F>? Preprocessed, F[] Public)[] tables)
    {
        LookupPlan plan = LookupPlan.Of([.. tables.Select(table => table.Graph)]);
        E sum = default;
        for (int i = 0; i < tables.Length; i++)
        {
            int columns = plan.Tables[i].Columns * 4, height = tables[i].Trace.Height;
            Assert.True(LookupColumns.TryGenerate(new(plan.Tables[i]), tables[i].Trace, tables[i].Preprocessed, tables[i].Public, s_alpha, s_beta,
                new F[columns * height], new(columns, height), out E terminal));
            sum += terminal;
        }
        return sum;
    }

    private readonly record struct PairAir(bool IsSender) : IAir
    {
        public AirShape Shape => new() { Name = "pair", Width = 2 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            TValue x = b.Local(IsSender ? 0 : 1), y = b.Local(IsSender ? 1 : 0);
            b.Interact(new("pairs", 3, BusKind.Permutation), IsSender ? BusDirection.Send : BusDirection.Receive, b.Constant(1), [x, x * y, b.Constant(7)], 1);
            b.Interact(new("singles", 1, BusKind.Lookup), IsSender ? BusDirection.Send : BusDirection.Receive, x, [y], 5);
        }
    }
}
