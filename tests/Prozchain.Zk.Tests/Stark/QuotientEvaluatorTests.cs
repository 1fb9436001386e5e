using System.Numerics;
using Prozchain.Testing;
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
