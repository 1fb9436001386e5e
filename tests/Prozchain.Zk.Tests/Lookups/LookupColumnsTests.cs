using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using Prozchain.Zk.Tests.Airs;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Lookups;

public sealed class LookupColumnsTests
{
    public static TheoryData<string> WithLookups => [.. AirCases.Names.Where(name => name is not ("fibonacci" or "poseidon2"))];

    [Theory]
    [MemberData(nameof(WithLookups))]
    public void TryGenerate_OfAShippedAir_IsTheDefinition(string name)
    {
        AirCase air = AirCases.Make(name);
        Check<KoalaBear4>(air);
        Check<KoalaBear5>(air);
        Check<KoalaBear8>(air);
    }

    [Theory]
    [MemberData(nameof(WithLookups))]
    public void TryGenerate_WithoutInstructionSets_IsTheDefinition(string name)
    {
        void Body() => TryGenerate_OfAShippedAir_IsTheDefinition(name);
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    private static void Check<TParameters>(AirCase air) where TParameters : struct, IExtensionParameters<F>
    {
        TableLookups lookups = LookupPlan.Of([air.Graph]).Tables[0];
        AirTape<F> tape = new(lookups);
        int stride = air.Trace.Height + 5, count = lookups.Columns * TParameters.Degree;
        F[] fast = new F[count * stride], naive = new F[count * stride];
        var alpha = FieldTools.Element<Extension<F, TParameters>>(1);
        var beta = FieldTools.Element<Extension<F, TParameters>>(2);
        Assert.True(LookupColumns.TryGenerate(tape, air.Trace, air.Preprocessed, default, alpha, beta, fast, new(count, stride), out Extension<F, TParameters> terminal));
        Assert.True(NaiveLookupColumns.TryGenerate(tape, air.Trace, air.Preprocessed, default, alpha, beta, naive, new(count, stride), out Extension<F, TParameters> expected));
        Assert.Equal(naive, fast);
        Assert.Equal(expected, terminal);
    }
}
