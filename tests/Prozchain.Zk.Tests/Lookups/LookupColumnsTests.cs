using System.Numerics;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lookups;
using Prozchain.Zk.Stark;
using Prozchain.Zk.Tests.Air;
using Prozchain.Zk.Tests.Airs;
using Prozchain.Zk.Tests.Stark;
using Prozchain.Zk.Transforms;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Lookups;

public sealed class LookupColumnsTests
{
    public static TheoryData<string> WithLookups => [.. AirCases.Names.Where(name => name is not ("fibonacci" or "poseidon2"))];

    [Theory]
    [MemberData(nameof(WithLookups))]
    public void TryGenerate_OfAShippedAir_IsTheDefinition(string name) => Check<KoalaBear4>(AirCases.Make(name));

    [Fact]
    public void TryGenerate_OverOtherExtensions_IsTheDefinition()
    {
        AirCase air = AirCases.Make("blake3");
        Check<KoalaBear5>(air);
        Check<KoalaBear8>(air);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(16)]
    [InlineData(256)]
    [InlineData(2048)]
    public void TryGenerate_OfGroupsOfThree_IsTheDefinition(int height)
    {
        AirCase air = AirCase.Of(new MixedAir(BitOperations.Log2((uint)height)), MixedAir.Random(height), FieldTools.Elements<F>(2, 8));
        Assert.Equal([3, 2, 1], LookupPlan.Of([air.Graph]).Tables[0].Groups.Select(group => group.Count));
        Check<KoalaBear4>(air);
        Check<KoalaBear4>(air, threads: 2);
    }

    [Fact]
    public void TryGenerate_WithoutInstructionSets_IsTheDefinition()
    {
        static void Body()
        {
            foreach (string name in AirCases.Names)
            {
                if (name is not ("fibonacci" or "poseidon2" or "byte table")) Check<KoalaBear4>(AirCases.Make(name));
            }
        }
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Fact]
    public void TryGenerate_WrongShapes_AreRefused()
    {
        AirTape<F> tape = new(LookupPlan.Of([ConstraintGraph.Of(new MixedAir())]).Tables[0]);
        int count = tape.Lookups.Columns * 4;
        var columns = new F[count * 16];
        Assert.Throws<ArgumentException>(() => Generate(new Trace<F>(3, 16), new Trace<F>(1, 16), new F[2], new(count, 16)));
        Assert.Throws<ArgumentException>(() => Generate(MixedAir.Random(16), null, new F[2], new(count, 16)));
        Assert.Throws<ArgumentException>(() => Generate(MixedAir.Random(16), new Trace<F>(1, 8), new F[2], new(count, 16)));
        Assert.Throws<ArgumentException>(() => Generate(MixedAir.Random(16), new Trace<F>(1, 16), new F[1], new(count, 16)));
        Assert.Throws<ArgumentException>(() => Generate(MixedAir.Random(16), new Trace<F>(1, 16), new F[2], new(count - 1, 16)));
        Assert.Throws<ArgumentException>(() => Generate(MixedAir.Random(16), new Trace<F>(1, 16), new F[2], new(count, 17)));
        Assert.Throws<OperationCanceledException>(() => Generate(MixedAir.Random(16), new Trace<F>(1, 16), new F[2], new(count, 16), new CancellationToken(canceled: true)));

        void Generate(Trace<F> main, Trace<F>? preprocessed, F[] publicValues, ColumnLayout layout, CancellationToken cancellation = default) =>
            LookupColumns.TryGenerate(tape, main, preprocessed, publicValues, FieldTools.Element<Extension<F, KoalaBear4>>(1), default, columns, layout, out _, 1, cancellation);
    }

    private static void Check<TParameters>(AirCase air, int threads = 1) where TParameters : struct, IExtensionParameters<F>
    {
        TableLookups lookups = LookupPlan.Of([air.Graph]).Tables[0];
        AirTape<F> tape = new(lookups);
        int stride = air.Trace.Height + 5, count = lookups.Columns * TParameters.Degree;
        F[] fast = new F[count * stride], naive = new F[count * stride];
        var alpha = FieldTools.Element<Extension<F, TParameters>>(1);
        var beta = FieldTools.Element<Extension<F, TParameters>>(2);
        Assert.True(LookupColumns.TryGenerate(tape, air.Trace, air.Preprocessed, air.PublicValues, alpha, beta, fast, new(count, stride), out Extension<F, TParameters> terminal, threads));
        Assert.True(NaiveLookupColumns.TryGenerate(tape, air.Trace, air.Preprocessed, air.PublicValues, alpha, beta, naive, new(count, stride), out Extension<F, TParameters> expected));
        Assert.Equal(naive, fast);
        Assert.Equal(expected, terminal);
    }
}
