using Prozchain.AI.Engine;
using Prozchain.AI.Formats;
using Prozchain.AI.Inference;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Inference;

public sealed class GraphFileTests
{
    private const long Limit = 1 << 20;

    [Fact]
    public async Task WriteAsync_ReadBack_SameGraphWithItsConstants()
    {
        IntegerGraph graph = Dense(1);
        (GraphFileReading reading, IntegerGraph? read) = await ReadAsync(await WriteAsync(graph));
        Assert.Equal((GraphFileStatus.Ok, -1), (reading.Status, reading.Constant));
        Assert.True(read!.IsBound);
        Assert.Equal(graph.Digest.ToArray(), read.Digest.ToArray());
        Assert.Equal(graph.Constants.Select(c => c.Bytes.ToArray()), read.Constants.Select(c => c.Bytes.ToArray()));
    }

    [Fact]
    public async Task ReadAsync_AnyByteChanged_RefusedOrTheSameGraph()
    {
        IntegerGraph graph = Dense(2);
        byte[] file = await WriteAsync(graph);
        var random = new SeededRandom(7);
        var found = new HashSet<GraphFileStatus>();
        for (int i = 0; i < 600; i++)
        {
            byte[] changed = [.. file];
            changed[random.Next(8, file.Length)] ^= (byte)(1 << random.Next(8));
            using var stream = new MemoryStream(changed);
            SafetensorsOpening opening = await SafetensorsReader.OpenAsync(stream, cancellationToken: Token);
            if (opening.Reader is not { } reader) continue;
            (GraphFileReading reading, IntegerGraph? read) = await GraphFile.ReadAsync(reader, Limit, Token);
            found.Add(reading.Status);
            Assert.Equal(reading.Status == GraphFileStatus.Ok, read is not null);
            // Another graph of its own is a graph, whose digest nobody asked for.
            if (read is not null && read.Digest.Span.SequenceEqual(graph.Digest.Span)) Assert.Equal(graph.Constants.Select(c => c.Bytes.ToArray()), read.Constants.Select(c => c.Bytes.ToArray()));
        }
        Assert.Superset(new HashSet<GraphFileStatus> { GraphFileStatus.NoGraph, GraphFileStatus.MalformedGraph, GraphFileStatus.WrongConstant }, found);
    }

    [Fact]
    public async Task ReadAsync_TooLargeOrNoGraph_SaysSoBeforeItReads()
    {
        byte[] file = await WriteAsync(Dense(3));
        Assert.Equal(GraphFileStatus.TooLarge, (await ReadAsync(file, 10)).Reading.Status);
        (GraphFileReading reading, _) = await ReadAsync(file, 400);
        Assert.Equal((GraphFileStatus.TooLarge, true), (reading.Status, reading.Constant >= 0));
        using var other = new MemoryStream();
        await new SafetensorsWriter([("graph", TensorType.I8, [4])]).WriteAsync(other, (_, _, memory, _) => ValueTask.FromResult(memory.Length), Token);
        Assert.Equal(GraphFileStatus.NoGraph, (await ReadAsync(other.ToArray())).Reading.Status);
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await GraphFile.WriteAsync(null!, Dense(1), Token));
    }

    /// <summary>A constant that no array holds is too large, however much the caller allows.</summary>
    [Fact]
    public async Task ReadAsync_ConstantBeyondAnyArray_IsTooLarge()
    {
        var value = new IntegerValue(ElementType.I32, [1 << 30], new Interval(0, 1));
        var constant = value.Constant = new GraphConstant(value, default, default);
        var encoding = new System.Buffers.ArrayBufferWriter<byte>();
        new IntegerGraph([], [constant], [], [new Border("y", value, HostType.Int32, 1, 0)], 0).Write(encoding);
        var reader = new HugeReader(encoding.WrittenMemory);
        (GraphFileReading reading, IntegerGraph? graph) = await GraphFile.ReadAsync(reader, long.MaxValue, Token);
        Assert.Equal((GraphFileStatus.TooLarge, 0, true), (reading.Status, reading.Constant, graph is null));
    }

    internal static IntegerGraph Dense(int seed, int inputs = 16, int hidden = 24, int outputs = 10)
    {
        var random = new SeededRandom((ulong)seed);
        var builder = new IntegerGraphBuilder();
        IntegerValue x = builder.Input("x", ElementType.I8, [1, inputs], -127, 127, HostType.Float32, scale: 0.02f);
        IntegerValue h = builder.Requantise(builder.MatMul(x, Weights(inputs, hidden), Bias(hidden)), 1_500_000_000, 40, low: 0);
        IntegerValue y = builder.Requantise(builder.MatMul(h, Weights(hidden, outputs)), 1_500_000_000, 40);
        builder.Output("y", y, HostType.Float32, scale: 0.1f);
        builder.Output("class", builder.ArgMax(y, 1), HostType.Int64);
        return builder.Build();

        IntegerValue Weights(int rows, int columns)
        {
            var weights = new sbyte[rows * columns];
            for (int i = 0; i < weights.Length; i++) weights[i] = (sbyte)random.Next(-127, 128);
            return builder.Constant(weights, rows, columns);
        }

        IntegerValue Bias(int columns) => builder.Constant([.. Enumerable.Range(0, columns).Select(_ => random.Next(-1000, 1000))], columns);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A graph, and a constant of 4 GiB of zeros.</summary>
    private sealed class HugeReader(ReadOnlyMemory<byte> graph) : IModelReader
    {
        public ModelFormat Format => ModelFormat.Safetensors;

        public long Length => graph.Length + (1L << 32);

        public IReadOnlyList<TensorInfo> Tensors =>
            [new TensorInfo("graph", TensorType.U8, [graph.Length], 0, graph.Length), new TensorInfo("constant.0", TensorType.I32, [1 << 30], graph.Length, 1L << 32)];

        public TensorInfo? Find(string name) => Tensors.FirstOrDefault(t => t.Name == name);

        public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            destination.Span.Clear();
            if (offset < graph.Length) graph[(int)offset..].Span[..(int)Math.Min(graph.Length - offset, destination.Length)].CopyTo(destination.Span);
            return ValueTask.FromResult(destination.Length);
        }

        public void Dispose()
        {
        }
    }

    private static async Task<byte[]> WriteAsync(IntegerGraph graph)
    {
        using var stream = new MemoryStream();
        await GraphFile.WriteAsync(stream, graph, Token);
        return stream.ToArray();
    }

    private static async Task<(GraphFileReading Reading, IntegerGraph? Graph)> ReadAsync(byte[] file, long limit = Limit)
    {
        using var stream = new MemoryStream(file);
        SafetensorsOpening opening = await SafetensorsReader.OpenAsync(stream, cancellationToken: Token);
        return await GraphFile.ReadAsync(opening.Reader!, limit, Token);
    }
}
