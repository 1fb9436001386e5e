using System.Buffers;
using Prozchain.AI.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Engine;

public class GraphEncodingTests
{
    private static readonly IntegerGraph[] s_graphs =
        [SmallModels.Convolutional(), SmallModels.Decoder(), .. Enum.GetValues<OperatorKind>().Select(kind => new RandomGraphs(77).Of(kind))];

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSameGraphAndRunsAlike()
    {
        foreach (IntegerGraph graph in s_graphs)
        {
            byte[] bytes = Encode(graph, true);
            Assert.Equal(new GraphReading(GraphStatus.Ok, bytes.Length, null), IntegerGraph.TryRead(bytes, out IntegerGraph? read));
            Assert.Equal(graph.Digest.Span, read!.Digest.Span);
            Assert.Equal(bytes, Encode(read, true));
            Assert.True(read.IsBound);
        }
        IntegerGraph.TryRead(Encode(s_graphs[0], true), out IntegerGraph? copy);
        using InferenceEngine one = new(s_graphs[0]), two = new(copy!);
        long[][] inputs = EngineRuns.Inputs(copy!, new SeededRandom(5));
        EngineRuns.Fill(one, 0, inputs);
        EngineRuns.Fill(two, 0, inputs);
        one.Run();
        two.Run();
        Assert.Equal(EngineRuns.Output(one, 0), EngineRuns.Output(two, 0));
    }

    [Fact]
    public void TryBind_OwnConstants_RunsAndAnyOtherIsNamed()
    {
        IntegerGraph graph = s_graphs[0];
        Assert.Equal(GraphStatus.Ok, IntegerGraph.TryRead(Encode(graph, false), out IntegerGraph? read).Status);
        Assert.False(read!.IsBound);
        Assert.Throws<ArgumentException>(() => new InferenceEngine(read));
        Assert.Throws<ArgumentException>(() => Encode(read, true));
        ReadOnlyMemory<byte>[] constants = [.. graph.Constants.Select(c => c.Bytes)];
        Assert.Equal(-1, read.TryBind(constants, out IntegerGraph? bound));
        Assert.Equal(graph.Digest.Span, bound!.Digest.Span);
        using (var engine = new InferenceEngine(bound)) engine.Run();
        byte[] flipped = constants[2].ToArray();
        flipped[0] ^= 1;
        constants[2] = flipped;
        Assert.Equal(2, read.TryBind(constants, out bound));
        Assert.Null(bound);
        Assert.Throws<ArgumentException>(() => read.TryBind(constants[1..], out _));
    }

    [Fact]
    public void Digest_AnyWeightBit_Matters()
    {
        IntegerGraph graph = s_graphs[0];
        byte[] bytes = Encode(graph, true);
        int constants = (int)graph.Constants.Sum(c => c.Value.Bytes);
        var random = new SeededRandom(4);
        for (int i = 0; i < 50; i++)
        {
            byte[] flipped = [.. bytes];
            flipped[bytes.Length - 1 - random.Next(constants)] ^= (byte)(1 << random.Next(8));
            Assert.Equal(GraphStatus.ConstantMismatch, IntegerGraph.TryRead(flipped, out _).Status);
        }
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndStaysCanonical() => HostileBytes.Feed([.. s_graphs.Select(g => Encode(g, false)), Encode(s_graphs[4], true)], bytes =>
    {
        GraphReading reading = IntegerGraph.TryRead(bytes, out IntegerGraph? graph);
        Assert.Equal(reading.Status == GraphStatus.Ok, graph is not null);
        if (graph is null) Assert.False(string.IsNullOrEmpty(reading.Reason));
        else Assert.True(bytes.SequenceEqual(Encode(graph, graph.IsBound && bytes[1] == 1)), "A second encoding of one graph was accepted.");
    }, count: 30_000);

    [Fact]
    public void Encoding_Graphs_IsFrozen() => Fixtures.AssertFrozen(Fixtures.Graphs, [.. s_graphs.SelectMany(g => new[] { Encode(g, true), g.Digest.ToArray() })]);

    [Fact]
    public void ExpTables_EqualTheirFormula()
    {
        for (int i = 0; i < 256; i++)
        {
            Assert.Equal((int)Math.Floor(32768 * Math.Exp(-i / 2048.0) + 0.5), ExpTables.Fine[i]);
            Assert.Equal((int)Math.Floor(32768 * Math.Exp(-i / 8.0) + 0.5), ExpTables.Coarse[i]);
        }
    }

    internal static byte[] Encode(IntegerGraph graph, bool withConstants)
    {
        var buffer = new ArrayBufferWriter<byte>();
        graph.Write(buffer, withConstants);
        return buffer.WrittenSpan.ToArray();
    }
}
