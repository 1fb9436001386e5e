using FsCheck;
using FsCheck.Fluent;
using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

/// <summary>More of what helps never proves less; more of what harms never proves more.</summary>
public class SecurityLaws
{
    [Fact]
    public void ProvenBits_MoreQueriesGrindingDegreeOrDigest_NeverLess() => ForAll((set, random) =>
    [
        (set, set with { Queries = set.Queries + random.Next(1, 50) }),
        (set, set with { Grinding = set.Grinding with { Query = set.Grinding.Query + 1 } }),
        (set, set with { Grinding = set.Grinding with { Lookup = set.Grinding.Lookup + 1 } }),
        (set, set with { Grinding = set.Grinding with { Composition = set.Grinding.Composition + 1 } }),
        (set, set with { Grinding = set.Grinding with { OutOfDomain = set.Grinding.OutOfDomain + 1 } }),
        (set, set with { Grinding = set.Grinding with { Batching = set.Grinding.Batching + 1 } }),
        (set, set with { Grinding = set.Grinding with { Fold = set.Grinding.Fold + 1 } }),
        (Sharing(set), Sharing(set) with { Grinding = set.Grinding with { Shared = set.Grinding.Shared + 1 } }),
        (set, set with { ExtensionDegree = set.ExtensionDegree + 1 }),
        (set, set with { DigestBits = set.DigestBits + 8 }),
        (set with { Batching = BatchingKind.Powers }, set with { Batching = BatchingKind.Tensor }),
        (set with { Batching = BatchingKind.Tensor }, set with { Batching = BatchingKind.Independent }),
        (set with { MaxLogArity = 3 }, set with { MaxLogArity = 2 }),
    ]);

    [Fact]
    public void ProvenBits_LargerShape_NeverMore() => ForAll((set, random) =>
    [
        (Wider(set, s => s with { MaxLogRows = s.MaxLogRows + 1 }), set),
        (Wider(set, s => s with { MinLogRows = s.MinLogRows - 1 }), set),
        (Wider(set, s => s with { Columns = s.Columns + random.Next(1, 100) }), set),
        (Wider(set, s => s with { Constraints = s.Constraints + random.Next(1, 100) }), set),
        (Wider(set, s => s with { ConstraintDegree = s.ConstraintDegree + 1 }), set),
        (Wider(set, s => s with { OpeningPoints = s.OpeningPoints + 1 }), set),
        (Wider(set, s => s with { Lookups = s.Lookups + 1 }), set),
        (Wider(set, s => s with { MessageWidth = s.MessageWidth + 1 }), set),
        (Wider(set, s => s with { MaxPublicMessages = random.Next(1, 1 << 20) }), set),
        (Wider(set, s => s with { LookupColumns = s.LookupColumns + 1 }), set),
        (Wider(set, s => s with { Tables = s.Tables + 1 }), set),
        (Sharing(set), set),
        (Wider(Sharing(set), s => s with { LogSharedMessages = s.LogSharedMessages + 1 }), Sharing(set)),
        (Wider(Sharing(set), s => s with { SharedMessageWidth = s.SharedMessageWidth + 1 }), Sharing(set)),
    ]);

    [Fact]
    public void AlgebraicErrors_ZeroKnowledge_NeverLess() => FieldTools.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        // Not so the queries: twice the degree makes the opened points weigh less in the rate.
        ParameterSet set = Random(seed), open = Wider(set, s => s with { ZeroKnowledge = false }), hiding = Wider(set, s => s with { ZeroKnowledge = true });
        SoundnessModel a = new(ProtocolNumbers.Of(open), open.Bound), b = new(ProtocolNumbers.Of(hiding), hiding.Bound);
        return b.Lookup() >= a.Lookup() && b.Composition() >= a.Composition() && b.OutOfDomain() >= a.OutOfDomain() && b.Batching() >= a.Batching()
            && b.Folds().Max() >= a.Folds().DefaultIfEmpty(-1000).Max();
    }));

    [Fact]
    public void ProvenBits_FewerRowsThanTheTallest_NeverLess() => FieldTools.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        // The parameters of a range of heights serve each table within it.
        ParameterSet set = Random(seed);
        for (int log = set.Shape.MinLogRows; log <= set.Shape.MaxLogRows; log++)
        {
            double alone = SolverTests.Proven(Wider(set, s => s with { MinLogRows = log, MaxLogRows = log }));
            if (alone < SolverTests.Proven(set) - 1e-9) return false;
        }
        return true;
    }), 200);

    [Fact]
    public void ProvenBits_TheFoldsOfAnyHeights_NeverLess() => FieldTools.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        var random = new Random(seed);
        ParameterSet set = Random(seed);
        int most = random.Next(1, 19);
        set = Wider(set, s => s with { MinLogRows = random.Next(most + 1), MaxLogRows = most, ZeroKnowledge = random.Next(2) == 0 });
        double proven = SolverTests.Proven(set);
        for (int trial = 0; trial < 10; trial++)
        {
            int[] heights = [.. Enumerable.Range(0, random.Next(1, set.Shape.Tables + 1)).Select(_ => random.Next(set.Shape.MinLogRows, most + 1))];
            ProtocolNumbers numbers = ProtocolNumbers.Of(set) with
            {
                LogRows = heights.Max(), MinLogRows = heights.Min(), Tables = heights.Length, FoldLogArities = set.FoldLogArities(heights.AsSpan()),
            };
            if (new SoundnessModel(numbers, set.Bound).ProvenBits() < proven - 1e-9) return false;
        }
        return true;
    }), 500);

    [Fact]
    public void ForTarget_HigherTarget_NeverCheaper() => FieldTools.Check(Prop.ForAll(Gen.Choose(0, 1000).ToArbitrary(), seed =>
    {
        StarkShape shape = Shapes.Random(seed);
        return StarkParameters.ForTarget(90, shape).ExpectedProofBytes <= ParameterSolver.Tolerance * StarkParameters.ForTarget(90 + 1 + seed % 30, shape).ExpectedProofBytes;
    }), 15);

    private static void ForAll(Func<ParameterSet, Random, (ParameterSet Less, ParameterSet More)[]> pairs) =>
        FieldTools.Check(Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            foreach ((ParameterSet less, ParameterSet more) in pairs(Random(seed), random))
                if (SolverTests.Proven(less) > SolverTests.Proven(more) + 1e-9) throw new InvalidOperationException($"{less}\nproves more than\n{more}");
            return true;
        }), 300);

    private static ParameterSet Sharing(ParameterSet set) => Wider(set, s => s with { SharedMessageWidth = 3, LogSharedMessages = 22 });

    private static ParameterSet Wider(ParameterSet set, Func<StarkShape, StarkShape> change) => set with { Shape = change(set.Shape) };

    private static ParameterSet Random(int seed)
    {
        var random = new Random(seed);
        bool johnson = random.Next(2) == 0;
        int Grind() => random.Next(2) * random.Next(20);
        return new()
        {
            Shape = Shapes.Random(seed) with { Field = StarkField.KoalaBear },
            TargetBits = 1,
            ExtensionDegree = random.Next(3, 7),
            LogBlowup = random.Next(1, 5),
            Regime = johnson ? ProximityRegime.Johnson : ProximityRegime.UniqueDecoding,
            Multiplicity = johnson ? random.Next(3, 60) : 0,
            Batching = (BatchingKind)random.Next(1, 4),
            Queries = random.Next(1, 400),
            MaxLogArity = random.Next(1, 4),
            LogFinalLength = random.Next(6),
            Grinding = new(Grind(), Grind(), Grind(), Grind(), Grind(), Grind()),
            DigestBits = 256,
        };
    }
}
