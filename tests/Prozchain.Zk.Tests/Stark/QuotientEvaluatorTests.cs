using System.Numerics;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Airs;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Stark;

public sealed class QuotientEvaluatorTests
{
    public static TheoryData<string> All => [.. AirCases.Names];

    [Theory]
    [MemberData(nameof(All))]
    public void Evaluate_OfAShippedAir_IsTheDefinition(string name)
    {
        TableLookups lookups = LookupPlan.Of([AirCases.Make(name).Graph]).Tables[0];
        int period = lookups.Graph.Shape.Periodic.Select(column => BitOperations.Log2((uint)column.Length)).DefaultIfEmpty(0).Max();
        bool isWide = lookups.Graph.Shape.Width > 400;
        foreach ((int rows, int block) in isWide ? new[] { (Math.Max(4, period), Math.Max(4, period)), (Math.Max(3, period), Math.Max(3, period) + 1) } : [(3, 3), (4, 5), (7, 7), (9, 9), (9, 10), (10, 10)])
        {
            (F[] compiled, F[] naive) = QuotientCase.Both(QuotientCase.Random<KoalaBear4>(lookups, rows, block, 5));
            Assert.Equal(naive, compiled);
        }
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    [InlineData(8, 9)]
    [InlineData(11, 11)]
    [InlineData(11, 12)]
    public void Evaluate_OfEveryKindOfExpression_IsTheDefinition(int rows, int block)
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new MixedAir(rows))]).Tables[0];
        Check<KoalaBear4>(1);
        Check<KoalaBear4>(3);
        Check<KoalaBear5>(1);
        Check<KoalaBear8>(2);

        void Check<TParameters>(int threads) where TParameters : struct, IExtensionParameters<F>
        {
            (F[] compiled, F[] naive) = QuotientCase.Both(QuotientCase.Random<TParameters>(lookups, rows, block, 11), threads);
            Assert.Equal(naive, compiled);
        }
    }

    [Fact]
    public void Evaluate_MoreRuns_AllocateNoMore()
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new MixedAir())]).Tables[0];
        Assert.Equal(Allocated(9), Allocated(12));

        long Allocated(int logBlock)
        {
            QuotientTask<F, KoalaBear4> task = QuotientCase.Random<KoalaBear4>(lookups, logBlock, logBlock, 1);
            var values = new F[4 << logBlock];
            long least = long.MaxValue;
            for (int i = 0; i < 20; i++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                QuotientEvaluator.Evaluate(task, values, new(4, 1 << logBlock), cancellation: TestContext.Current.CancellationToken);
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            return least;
        }
    }

    [Fact]
    public void Evaluate_WrongShapes_AreRefused()
    {
        TableLookups lookups = LookupPlan.Of([ConstraintGraph.Of(new MixedAir(3))]).Tables[0];
        QuotientTask<F, KoalaBear4> task = QuotientCase.Random<KoalaBear4>(lookups, 4, 4, 1);
        var values = new F[64];
        Assert.Throws<ArgumentException>(() => QuotientEvaluator.Evaluate(task, values, new(3, 16)));
        Assert.Throws<ArgumentException>(() => QuotientEvaluator.Evaluate(task, values, new(4, 17)));
        Assert.Throws<ArgumentOutOfRangeException>(() => QuotientEvaluator.Evaluate(task, values, new(4, 16), threads: 0));
        Assert.Throws<OperationCanceledException>(() => QuotientEvaluator.Evaluate(task, values, new(4, 16), 1, new CancellationToken(canceled: true)));
        Assert.Throws<ArgumentException>(() => QuotientEvaluator.Evaluate(QuotientCase.Random<KoalaBear4>(lookups, 4, 6, 1), new F[256], new(4, 64)));
        Assert.Throws<ArgumentException>(() => QuotientEvaluator.Evaluate(QuotientCase.Random<KoalaBear4>(lookups, 1, 1, 1), values, new(4, 2)));
    }

    [Fact]
    public void Evaluate_WithoutInstructionSets_IsTheDefinition()
    {
        void Body()
        {
            foreach (string name in AirCases.Names) Evaluate_OfAShippedAir_IsTheDefinition(name);
        }
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }
}
