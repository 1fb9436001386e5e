using Prozchain.AI.Engine;

namespace Prozchain.AI.Tests.Engine;

/// <summary>Every operator against the naive one, over random shapes: alone, in batches, on several threads, step by step with a cache.</summary>
public class OperatorTests
{
    public static TheoryData<OperatorKind> Kinds => [.. Enum.GetValues<OperatorKind>()];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Run_RandomShapes_EqualsTheNaiveFormula(OperatorKind kind)
    {
        for (ulong seed = 0; seed < 60; seed++)
        {
            var graphs = new RandomGraphs(1000 * (ulong)kind + seed);
            IntegerGraph graph = graphs.Of(kind);
            const int Batch = 3, Runs = 3;
            using var one = new InferenceEngine(graph);
            using var many = new InferenceEngine(graph, new InferenceEngineOptions { MaxBatch = Batch, Workers = 2 });
            bool stateful = graph.ContextStep > 0;
            InferenceState[] single = stateful ? [one.RentState()] : [];
            NaiveGraph naive = new(graph);
            for (int run = 0; run < (stateful ? Runs : 1); run++)
            {
                long[][][] inputs = [.. Enumerable.Range(0, Batch).Select(_ => EngineRuns.Inputs(graph, graphs.Random))];
                InferenceState[] states = stateful ? [many.RentState(), many.RentState(), many.RentState()] : [];
                for (int r = 0; r < Batch; r++) EngineRuns.Fill(many, r, inputs[r]);
                many.Run(Batch, states);
                for (int r = 0; r < (stateful ? 1 : Batch); r++)
                {
                    EngineRuns.Fill(one, 0, inputs[r]);
                    one.Run(1, single);
                    long[][] expected = naive.Run(inputs[r]);
                    IntegerValue output = graph.Outputs[0].Value;
                    Assert.All(expected[output.Index], v => Assert.InRange(v, output.Min, output.Max));
                    Equal(expected[output.Index], EngineRuns.Output(one, 0), kind, seed, "alone");
                    // A cached request's first step does not see what another engine's state holds: compare only that.
                    if (run == 0) Equal(expected[output.Index], EngineRuns.Output(many, r), kind, seed, $"request {r} of {Batch}");
                }
                foreach (InferenceState state in states) state.Dispose();
            }
        }
    }

    private static void Equal(long[] expected, long[] got, OperatorKind kind, ulong seed, string how) =>
        Assert.True(expected.AsSpan().SequenceEqual(got), $"{kind}, seed {seed}, {how}: expected {string.Join(' ', expected.Take(20))}, got {string.Join(' ', got.Take(20))}.");
}
