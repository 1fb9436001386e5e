using Prozchain.AI.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Engine;

/// <summary>A convolutional net and a decoder of a few thousand weights, with every way of fusing in them.</summary>
internal static class SmallModels
{
    public static IntegerGraph Convolutional(ulong seed = 1)
    {
        var random = new SeededRandom(seed);
        var graph = new IntegerGraphBuilder();
        IntegerValue x = graph.Input("image", ElementType.I8, [3, 16, 16], -128, 127, HostType.Float32, 1 / 128f);
        IntegerValue stem = graph.RequantiseChannels(
            graph.Conv(x, Weights(graph, random, 16, 3, 3, 3), Bias(graph, random, 16), pads: [1, 1, 1, 1]),
            graph.Constant([.. Enumerable.Range(0, 16).Select(_ => random.Next(1 << 29, 1 << 30))], 16), graph.Constant([.. Enumerable.Repeat((sbyte)38, 16)], 16), 0, low: 0);
        IntegerValue deep = graph.Requantise(graph.Conv(stem, Weights(graph, random, 16, 1, 3, 3), pads: [1, 1, 1, 1], groups: 16), 1 << 20, 28);
        IntegerValue clipped = graph.Clip(graph.Requantise(graph.Conv(deep, Weights(graph, random, 16, 16, 1, 1), Bias(graph, random, 16)), 1 << 20, 28), -100, 90);
        IntegerValue sum = graph.AddScaled(stem, 1 << 20, clipped, 1 << 20, 21);
        IntegerValue pooled = graph.MaxPool(sum, [2, 2], strides: [2, 2]);
        IntegerValue active = graph.Lookup(pooled, graph.Constant([.. Enumerable.Range(-128, 256).Select(i => (sbyte)Math.Max(i, -20))], 256));
        IntegerValue mean = graph.Requantise(graph.ReduceSum(active, [1, 2]), 1 << 20, 25);
        IntegerValue logits = graph.Requantise(graph.MatMul(graph.Reshape(mean, 1, 16), Weights(graph, random, 16, 10), Bias(graph, random, 10)), 1 << 20, 27);
        graph.Output("probabilities", graph.Softmax(logits, 1 << 16, 12), HostType.Float32, 1 / 127f);
        graph.Output("class", graph.ArgMax(logits, 1), HostType.Int64);
        return graph.Build();
    }

    /// <summary>A decoder of two layers: embedding, RMS norm, rotary, cached attention with two heads on one of keys, gated feed forward.</summary>
    /// <param name="tokens">Tokens of one run.</param>
    public static IntegerGraph Decoder(int tokens = 1, int context = 24, ulong seed = 2)
    {
        const int Width = 16, Heads = 4, Groups = 2, Depth = 4, Words = 50;
        var random = new SeededRandom(seed);
        var graph = new IntegerGraphBuilder(context);
        IntegerValue token = graph.Input("token", ElementType.I32, [tokens], 0, Words - 1, HostType.Int64);
        IntegerValue positions = graph.Positions(tokens);
        IntegerValue x = graph.Gather(Weights(graph, random, Words, Width), token);
        for (int layer = 0; layer < 2; layer++)
        {
            IntegerValue normal = graph.RmsNorm(x, graph.Constant([.. Enumerable.Range(0, Width).Select(_ => (short)random.Next(8000, 20000))], Width), null, 10, 9);
            IntegerValue Heads3(int heads) => graph.Reshape(graph.Requantise(graph.MatMul(normal, Weights(graph, random, Width, heads * Depth)), 1 << 20, 28), tokens, heads, Depth);
            IntegerValue Table() => graph.Constant([.. Enumerable.Range(0, context * 2).Select(_ => (short)random.Next(-16384, 16385))], context, 2);
            (IntegerValue cosine, IntegerValue sine) = (Table(), Table());
            IntegerValue q = graph.Rotary(Heads3(Heads), cosine, sine, positions, 0, false), k = graph.Rotary(Heads3(Groups), cosine, sine, positions, 0, false);
            IntegerValue attended = graph.Attention(q, k, Heads3(Groups), true, true, 1 << 16, 18, 1 << 20, 34);
            IntegerValue mixed = graph.Requantise(graph.MatMul(graph.Reshape(attended, tokens, Width), Weights(graph, random, Width, Width)), 1 << 20, 28);
            x = graph.AddScaled(x, 1 << 20, mixed, 1 << 20, 21);
            IntegerValue up = graph.Requantise(graph.MatMul(x, Weights(graph, random, Width, 2 * Width)), 1 << 20, 28);
            IntegerValue gate = graph.Lookup(up, graph.Constant([.. Enumerable.Range(-128, 256).Select(i => (sbyte)(i < 0 ? i / 8 : i / 2))], 256));
            x = graph.AddScaled(x, 1 << 20, graph.Requantise(graph.MatMul(graph.Requantise(graph.Multiply(up, gate), 1 << 20, 27), Weights(graph, random, 2 * Width, Width)), 1 << 20, 28), 1 << 20, 21);
        }
        IntegerValue last = graph.Slice(x, [tokens - 1, 0], [1, Width]);
        graph.Output("next", graph.ArgMax(graph.MatMul(last, Weights(graph, random, Width, Words)), 1), HostType.Int64);
        graph.Output("hidden", last, HostType.Int8);
        return graph.Build();
    }

    private static IntegerValue Weights(IntegerGraphBuilder graph, SeededRandom random, params int[] shape) =>
        graph.Constant([.. Enumerable.Range(0, shape.Aggregate(1, (p, n) => p * n)).Select(_ => (sbyte)random.Next(-127, 128))], shape);

    private static IntegerValue Bias(IntegerGraphBuilder graph, SeededRandom random, int length) =>
        graph.Constant([.. Enumerable.Range(0, length).Select(_ => random.Next(-5000, 5000))], length);
}
