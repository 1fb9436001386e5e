using Prozchain.Zk.Security;

namespace Prozchain.Zk.Tests.Security;

public class SolverTests
{
    private static readonly SolverOptions s_quartic = new() { ExtensionDegrees = [4], LogBlowup = 1 };

    [Theory]
    [InlineData(14)]
    [InlineData(17)]
    [InlineData(20)]
    public void ForTarget_PowersOfOneChallengeAt1312Columns_IsRefused(int logRows)
    {
        SolverOptions options = s_quartic with { Batching = [BatchingKind.Powers], MaxRoundGrinding = 0 };
        ArgumentException refusal = Assert.Throws<ArgumentException>(() => StarkParameters.ForTarget(100, Shapes.Poseidon2(logRows), options));
        Assert.Contains("Expected 100 proven bits, got at most ", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("batching of columns and points", refusal.Message, StringComparison.Ordinal);
        Assert.False(StarkParameters.TryForTarget(100, Shapes.Poseidon2(logRows), options, out StarkParameters? none, out SecurityReport report));
        Assert.Null(none);

        // 4 log2 p - (17 + 1) - log2(2 · 1312 + 2 · 4 - 1) at 2^17 rows, by half the distance.
        Assert.Equal(2632, report.BatchSize);
        Assert.Equal(4 * Math.Log2(0x7F000001) - (logRows + 1) - Math.Log2(2631), report.ProvenBits, 5);
        Assert.Equal(ProximityRegime.UniqueDecoding, report.Regime);
    }

    [Fact]
    public void ForTarget_TheWaysOutAt1312Columns_AreTaken()
    {
        StarkShape shape = Shapes.Poseidon2(17);
        StarkParameters tensor = StarkParameters.ForTarget(100, shape, s_quartic with { Batching = [BatchingKind.Tensor], MaxRoundGrinding = 0 });
        StarkParameters independent = StarkParameters.ForTarget(100, shape, s_quartic with { Batching = [BatchingKind.Independent], MaxRoundGrinding = 0 });
        StarkParameters ground = StarkParameters.ForTarget(100, shape, s_quartic with { Batching = [BatchingKind.Powers] });
        StarkParameters quintic = StarkParameters.ForTarget(100, shape, new() { ExtensionDegrees = [5], LogBlowup = 1, Batching = [BatchingKind.Powers], MaxRoundGrinding = 0 });
        Assert.All([tensor, independent, ground, quintic], parameters => Assert.InRange(parameters.Report.ProvenBits, 100, 101));
        Assert.Equal(6, ground.Grinding.Batching);
        Assert.Equal(5, quintic.ExtensionDegree);
    }

    [Fact]
    public void Secure100And128_ShapesOfAllKinds_ReachTheirTargets()
    {
        for (int seed = 0; seed < 60; seed++)
        {
            StarkShape shape = Shapes.Random(seed);
            foreach (int target in (int[])[100, 128])
            {
                StarkParameters parameters = target == 100 ? StarkParameters.Secure100(shape) : StarkParameters.Secure128(shape);
                Assert.True(parameters.Report.ProvenBits >= target && parameters.TargetBits == target, $"seed {seed}: {parameters}");

                // The conjectured figure counts folds by the larger domain, arity times ours.
                Assert.True(parameters.Report.ConjecturedBits >= parameters.Report.ProvenBits - 3, $"seed {seed}: {parameters}");
                Assert.All(parameters.Report.Rounds, round => Assert.True(round.Bits >= target));
                if (shape.ZeroKnowledge) Assert.True(1 << parameters.LeastPaddedLogRows >= parameters.HidingRows && parameters.SaltBytes * 8 >= target);
            }
        }
    }

    [Theory]
    [InlineData(100)]
    [InlineData(108)]
    [InlineData(112)]
    public void ForTarget_FoldsThatStopShortOfConstants_AreGroundForThemselves(int target)
    {
        // A fold to constants has far fewer exceptional challenges than one that stops earlier, so the final length decides the grinding.
        int solved = 0;
        for (int log = 1; log <= 4; log++)
            foreach (int tables in (int[])[1, 3])
                foreach (int blowup in (int[])[1, 3])
                {
                    StarkShape shape = new() { Field = StarkField.KoalaBear, MinLogRows = log, MaxLogRows = log, Columns = 9, Constraints = 5, ConstraintDegree = 2, Tables = tables };
                    SolverOptions options = new() { LogBlowup = blowup, Regimes = [ProximityRegime.Johnson], ExtensionDegrees = [4], LogArities = [3], MaxLogFinalLength = 1 };
                    bool found = StarkParameters.TryForTarget(target, shape, options, out StarkParameters? parameters, out SecurityReport report);
                    Assert.Equal(found, report.ProvenBits >= target);
                    if (!found) continue;
                    solved++;
                    Assert.Equal(parameters, StarkParameters.ForTarget(target, shape, options));
                }
        Assert.InRange(solved, 1, int.MaxValue);
    }

    [Theory]
    [InlineData(CostObjective.ProofBytes)]
    [InlineData(CostObjective.ProverWork)]
    public void ForTarget_OneLess_IsBelowTarget(CostObjective objective)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            StarkParameters parameters = StarkParameters.ForTarget(100, Shapes.Random(seed), new() { Objective = objective });
            ParameterSet set = Set(parameters);
            if (set.Queries > 1) Assert.True(Proven(set with { Queries = set.Queries - 1 }) < 100, $"seed {seed}: a query too many");
            GrindingBits ground = set.Grinding;
            foreach (GrindingBits less in (GrindingBits[])[ground with { Lookup = ground.Lookup - 1 }, ground with { Composition = ground.Composition - 1 },
                ground with { OutOfDomain = ground.OutOfDomain - 1 }, ground with { Batching = ground.Batching - 1 }, ground with { Fold = ground.Fold - 1 }])
                if (less.InRange && set.MaxLogArity == 1) Assert.True(Proven(set with { Grinding = less }) < 100, $"seed {seed}: ground too much, {ground}");
        }
    }

    [Fact]
    public void ForTarget_AgainstEveryOtherChoice_IsTheCheapestButForOnePercent()
    {
        StarkShape shape = Shapes.Poseidon2(12) with { Columns = 60 };
        StarkParameters solved = StarkParameters.ForTarget(100, shape, new() { LogBlowup = 2, MaxLogFinalLength = 5 });
        ParameterSet best = Set(solved);
        double bytes = ProofCost.Bytes(best);
        int tried = 0;
        foreach (int degree in (int[])[4, 5])
            foreach (BatchingKind kind in (BatchingKind[])[BatchingKind.Powers, BatchingKind.Tensor, BatchingKind.Independent])
                for (int m = 2; m <= 30; m++)
                    for (int arity = 1; arity <= 3; arity++)
                        for (int final = 0; final <= 5; final++)
                            for (int query = 14; query <= 16; query++)
                                for (int queries = best.Queries - 3; queries <= best.Queries + 2; queries++)
                                {
                                    ParameterSet other = best with
                                    {
                                        ExtensionDegree = degree, Batching = kind, Regime = m == 2 ? ProximityRegime.UniqueDecoding : ProximityRegime.Johnson,
                                        Multiplicity = m == 2 ? 0 : m, MaxLogArity = arity, LogFinalLength = final, Queries = queries,
                                        Grinding = new(0, 0, 0, 0, 0, query),
                                    };
                                    if (ProofCost.Bytes(other) * ParameterSolver.Tolerance >= bytes || ++tried > 3000) continue;
                                    Assert.True(Proven(other) < 100, $"cheaper: {other}\nthan {best}");
                                }
        Assert.InRange(tried, 100, int.MaxValue);
    }

    [Fact]
    public void ForTarget_Objectives_TradeBytesForWork()
    {
        StarkShape shape = Shapes.Poseidon2(16);
        StarkParameters bytes = StarkParameters.Secure100(shape), work = StarkParameters.ForTarget(100, shape, new() { Objective = CostObjective.ProverWork });
        Assert.True(bytes.ExpectedProofBytes < work.ExpectedProofBytes);
        Assert.True(ProofCost.Work(Set(bytes)) > ProofCost.Work(Set(work)));
        Assert.Equal(0, work.Grinding.Query);
    }

    [Fact]
    public void ExpectedProofBytes_PeerSettings_AreThePeersWithinThreePercent()
    {
        // The peer's proofs of 2^17 and of 2^19 permutations with byte digests: between 669 kB (32-byte digests) and 684, 706 and 722.
        Assert.InRange(Shapes.Peer.ExpectedProofBytes, 650_000, 700_000);
        StarkParameters larger = StarkParameters.ForBenchmark(Shapes.Poseidon2(16), 4, 1, 100, new(0, 0, 0, 0, 0, 16), 3, 0);
        Assert.InRange(larger.ExpectedProofBytes, 685_000, 740_000);
    }

    [Fact]
    public void Digests_AgainstSimulatedMultiproofs_AreExpected()
    {
        var random = new Random(1);
        double digests = 0, distinct = 0;
        const int Trials = 400, LogLeaves = 9, Queries = 30;
        for (int trial = 0; trial < Trials; trial++)
        {
            var nodes = Enumerable.Range(0, Queries).Select(_ => random.Next(1 << LogLeaves)).ToHashSet();
            distinct += nodes.Count;
            for (int depth = 0; depth < LogLeaves; depth++, nodes = [.. nodes.Select(node => node >> 1)])
                digests += nodes.Count(node => !nodes.Contains(node ^ 1));
        }
        Assert.InRange(ProofCost.Digests(LogLeaves, Queries), digests / Trials - 1, digests / Trials + 1);
        Assert.InRange(ProofCost.Distinct(LogLeaves, Queries), distinct / Trials - 0.3, distinct / Trials + 0.3);
    }

    internal static ParameterSet Set(StarkParameters parameters)
    {
        var writer = new System.Buffers.ArrayBufferWriter<byte>();
        parameters.Write(writer);
        Assert.Equal(ParametersReadResult.Ok, ParameterWire.Decode(writer.WrittenSpan, out ParameterSet? set));
        return set!;
    }

    internal static double Proven(ParameterSet set) => new SoundnessModel(ProtocolNumbers.Of(set), set.Bound).ProvenBits();
}
