using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using Prozchain.AI.Engine;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Inference;

/// <summary>
/// An integer graph as a model file that a vault can store tensor by tensor: safetensors with the graph's encoding (docs/formats/ai-graph.md)
/// in the tensor <c>graph</c>, U8, and constant i in the tensor <c>constant.i</c>, in decimal, of its type and shape. What else is in the file
/// does not count.
/// </summary>
public static class GraphFile
{
    /// <summary>Name of the tensor that holds the graph's encoding.</summary>
    public const string GraphTensor = "graph";

    /// <summary>Writes a model.</summary>
    /// <param name="output">Receives the file, from where it stands.</param>
    /// <param name="graph">With its constants' bytes.</param>
    /// <param name="cancellationToken">Ends the writing early; what was written stays.</param>
    /// <exception cref="ArgumentException">The constants' bytes are not there.</exception>
    /// <exception cref="IOException">The output cannot be written.</exception>
    public static async ValueTask WriteAsync(Stream output, IntegerGraph graph, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(graph);
        if (!graph.IsBound) throw new ArgumentException("Expected a graph with its constants' bytes, got one without.", nameof(graph));
        var encoding = new ArrayBufferWriter<byte>();
        graph.Write(encoding);
        var bytes = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal) { [GraphTensor] = encoding.WrittenMemory };
        List<(string, TensorType, ImmutableArray<long>)> tensors = [(GraphTensor, TensorType.U8, [encoding.WrittenCount])];
        for (int i = 0; i < graph.Constants.Count; i++)
        {
            GraphConstant constant = graph.Constants[i];
            bytes.Add(ConstantTensor(i), constant.Bytes);
            tensors.Add((ConstantTensor(i), TypeOf(constant), ShapeOf(constant)));
        }
        await new SafetensorsWriter(tensors).WriteAsync(
            output,
            (tensor, offset, memory, _) =>
            {
                bytes[tensor.Name].Slice((int)offset, memory.Length).CopyTo(memory);
                return ValueTask.FromResult(memory.Length);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads a model. Never throws on hostile bytes; takes no memory before it is known to be within the limit.</summary>
    /// <param name="reader">The file, or a model in a vault.</param>
    /// <param name="maxBytes">Most bytes of graph and constants together.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>What was read, and the graph with its constants, each of the digest that the graph names; or null.</returns>
    /// <exception cref="IOException">The reader failed.</exception>
    public static async ValueTask<(GraphFileReading Reading, IntegerGraph? Graph)> ReadAsync(IModelReader reader, long maxBytes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(reader);
        ArgumentOutOfRangeException.ThrowIfNegative(maxBytes);
        (GraphFileReading reading, IntegerGraph? graph) = await ReadGraphAsync(reader, maxBytes, cancellationToken).ConfigureAwait(false);
        // A graph that brought its constants along is a model by itself.
        if (graph is null || graph.IsBound) return (reading, graph);
        var constants = new ReadOnlyMemory<byte>[graph.Constants.Count];
        for (int i = 0; i < constants.Length; i++)
        {
            (GraphFileStatus status, constants[i]) = await ReadConstantAsync(reader, graph, i, cancellationToken).ConfigureAwait(false);
            if (status != GraphFileStatus.Ok) return Refuse(status, reading.Graph, i);
        }
        return (reading, GraphBinding.BindSome(graph, constants));
    }

    /// <summary>Reads the graph without its constants, of which it is known that they are there, and how large.</summary>
    internal static async ValueTask<(GraphFileReading Reading, IntegerGraph? Graph)> ReadGraphAsync(IModelReader reader, long maxBytes, CancellationToken cancellationToken)
    {
        if (reader.Find(GraphTensor) is not { Type: TensorType.U8, Shape.Length: 1 } encoded) return Refuse(GraphFileStatus.NoGraph);
        if (encoded.Length > Math.Min(maxBytes, Array.MaxLength)) return Refuse(GraphFileStatus.TooLarge);
        if (await ReadTensorAsync(reader, encoded, cancellationToken).ConfigureAwait(false) is not { } encoding) return Refuse(GraphFileStatus.CutShort);
        GraphReading read = IntegerGraph.TryRead(encoding, out IntegerGraph? graph);
        if (graph is null) return Refuse(GraphFileStatus.MalformedGraph, read);
        long total = encoded.Length;
        for (int i = 0; i < graph.Constants.Count && !graph.IsBound; i++)
        {
            if (FindConstant(reader, graph, i) is not { } tensor) return Refuse(GraphFileStatus.WrongConstant, read, i);
            total += tensor.Length;
            if (total > maxBytes || tensor.Length > Array.MaxLength) return Refuse(GraphFileStatus.TooLarge, read, i);
        }
        return (new GraphFileReading(GraphFileStatus.Ok, read, -1), graph);
    }

    /// <summary>Reads a constant of a graph that <see cref="ReadGraphAsync"/> gave, and checks it against its digest.</summary>
    internal static async ValueTask<(GraphFileStatus Status, ReadOnlyMemory<byte> Bytes)> ReadConstantAsync(IModelReader reader, IntegerGraph graph, int index, CancellationToken cancellationToken)
    {
        if (graph.Constants[index] is { IsBound: true } bound) return (GraphFileStatus.Ok, bound.Bytes);
        if (await ReadTensorAsync(reader, FindConstant(reader, graph, index)!, cancellationToken).ConfigureAwait(false) is not { } bytes) return (GraphFileStatus.CutShort, default);
        return GraphBinding.Matches(graph.Constants[index], bytes) ? (GraphFileStatus.Ok, bytes) : (GraphFileStatus.WrongConstant, default);
    }

    private static TensorInfo? FindConstant(IModelReader reader, IntegerGraph graph, int index)
    {
        GraphConstant constant = graph.Constants[index];
        return reader.Find(ConstantTensor(index)) is { } tensor && tensor.Type == TypeOf(constant) && tensor.Shape.SequenceEqual(ShapeOf(constant)) ? tensor : null;
    }

    private static (GraphFileReading, IntegerGraph?) Refuse(GraphFileStatus status, GraphReading graph = default, int constant = -1) => (new GraphFileReading(status, graph, constant), null);

    private static async ValueTask<byte[]?> ReadTensorAsync(IModelReader reader, TensorInfo tensor, CancellationToken cancellationToken)
    {
        var bytes = new byte[tensor.Length];
        for (int filled = 0; filled < bytes.Length;)
        {
            int read = await reader.ReadTensorAsync(tensor, filled, bytes.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            if (read == 0) return null;
            filled += read;
        }
        return bytes;
    }

    private static string ConstantTensor(int index) => string.Create(CultureInfo.InvariantCulture, $"constant.{index}");

    private static TensorType TypeOf(GraphConstant constant) => constant.Value.Type switch
    {
        ElementType.I8 => TensorType.I8,
        ElementType.I16 => TensorType.I16,
        _ => TensorType.I32,
    };

    private static ImmutableArray<long> ShapeOf(GraphConstant constant) => [.. constant.Value.Shape.ToArray().Select(d => (long)d)];
}
