using Prozchain.AI.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Engine;

/// <summary>Inputs for graphs, and what engines make of them.</summary>
internal static class EngineRuns
{
    /// <summary>Random elements of each input, often at the ends of its interval.</summary>
    public static long[][] Inputs(IntegerGraph graph, SeededRandom random) => [.. graph.Inputs.Select(b => Elements(b.Value, random))];

    public static void Fill(InferenceEngine engine, int request, long[][] inputs)
    {
        for (int i = 0; i < inputs.Length; i++) NaiveGraph.Write(engine.Graph.Inputs[i].Value.Type, inputs[i]).CopyTo(engine.Input(i, request));
    }

    public static long[] Output(InferenceEngine engine, int request, int index = 0) =>
        NaiveGraph.Read(engine.Graph.Outputs[index].Value.Type, engine.Output(index, request));

    private static long[] Elements(IntegerValue value, SeededRandom random)
    {
        int mode = random.Next(4);
        return [.. Enumerable.Range(0, value.Elements).Select(_ => mode switch
        {
            0 => value.Min,
            1 => random.Next(2) == 0 ? value.Min : (long)value.Max,
            _ => random.NextInt64(value.Min, value.Max + 1L),
        })];
    }
}
