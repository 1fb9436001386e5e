using System.Collections.ObjectModel;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>
/// A model as the engine runs and the proof will prove it: integers only, operators in topological order, every interval
/// proven, one digest. Shapes are those of one request. Made by <see cref="IntegerGraphBuilder"/>, a lowering or
/// <see cref="TryRead"/>. Immutable and safe to share between threads.
/// </summary>
public sealed class IntegerGraph
{
    private readonly Lazy<Bytes32> _digest;

    internal IntegerGraph(Border[] inputs, GraphConstant[] constants, IntegerNode[] nodes, Border[] outputs, int context)
    {
        Inputs = inputs.AsReadOnly();
        Constants = constants.AsReadOnly();
        Nodes = nodes.AsReadOnly();
        Outputs = outputs.AsReadOnly();
        ContextCapacity = context;
        IntegerValue[] values = [.. inputs.Select(b => b.Value), .. constants.Select(c => c.Value), .. nodes.Select(n => n.Output)];
        for (int i = 0; i < values.Length; i++) values[i].Index = i;
        for (int i = 0; i < nodes.Length; i++) nodes[i].Index = i;
        ContextStep = nodes.Select(n => OperatorRules.ContextTokens(n.Kind, n.Inputs, n.Attributes)).DefaultIfEmpty(0).Max();
        Cached = [.. nodes.Where(n => n.IsCached)];
        Values = values.AsReadOnly();
        _digest = new Lazy<Bytes32>(() => GraphWriter.Digest(this));
    }

    /// <summary>Version of the operators' definitions: what changes a bit of any output changes it.</summary>
    public static int EngineVersion => GraphLimits.EngineVersion;

    /// <summary>What a request brings.</summary>
    public ReadOnlyCollection<Border> Inputs { get; }

    /// <summary>Weights, biases, tables.</summary>
    public ReadOnlyCollection<GraphConstant> Constants { get; }

    /// <summary>The operators, in topological order.</summary>
    public ReadOnlyCollection<IntegerNode> Nodes { get; }

    /// <summary>What a request gets.</summary>
    public ReadOnlyCollection<Border> Outputs { get; }

    /// <summary>Inputs, then constants, then the nodes' outputs: <see cref="IntegerValue.Index"/> is the place in it.</summary>
    public ReadOnlyCollection<IntegerValue> Values { get; }

    /// <summary>Longest context of a request in tokens; 0 of a graph without state.</summary>
    public int ContextCapacity { get; }

    /// <summary>Tokens that one run adds to the context; 0 of a graph without state.</summary>
    public int ContextStep { get; }

    /// <summary>Whether the constants' bytes are here: what an engine needs.</summary>
    public bool IsBound => Constants.All(c => c.IsBound);

    /// <summary>Multiplications of one request, about: what a host admits by.</summary>
    public long Multiplications => (long)Int128.Min(long.MaxValue, Nodes.Aggregate(Int128.Zero, (sum, node) => sum + NodeCost.Multiplications(node)));

    /// <summary>BLAKE3 in key derivation mode over the encoding, in which constants stand as their digests; 32 bytes.</summary>
    public ReadOnlyMemory<byte> Digest => Hash.Span.ToArray();

    internal Bytes32 Hash => _digest.Value;

    /// <summary>The attentions that keep keys and values of the context, in the graph's order.</summary>
    internal IntegerNode[] Cached { get; }

    /// <summary>Writes the one encoding of this graph (docs/formats/ai-graph.md).</summary>
    /// <param name="output">Receives it.</param>
    /// <param name="withConstants">Whether the constants' bytes follow, so that the encoding is a whole model.</param>
    /// <exception cref="ArgumentException">The bytes are asked for, and some are not bound.</exception>
    public void Write(System.Buffers.IBufferWriter<byte> output, bool withConstants = false) => GraphWriter.Write(this, output, withConstants);

    /// <summary>Reads a graph. Never throws on hostile bytes; takes no more memory than a small multiple of their length.</summary>
    /// <param name="bytes">A whole encoding, nothing more.</param>
    /// <param name="graph">The graph, or null. Without the constants' bytes in the encoding it must be bound before it runs.</param>
    public static GraphReading TryRead(ReadOnlySpan<byte> bytes, out IntegerGraph? graph) => GraphReader.TryRead(bytes, out graph);

    /// <summary>This graph with the constants' bytes, each checked against its digest and its interval.</summary>
    /// <param name="constants">The bytes, in the order of <see cref="Constants"/>; the graph keeps them, they must not change.</param>
    /// <param name="graph">The bound graph, or null.</param>
    /// <returns>The index of the first constant that is not what the graph says, or -1.</returns>
    /// <exception cref="ArgumentException">There are more or fewer than <see cref="Constants"/>.</exception>
    public int TryBind(IReadOnlyList<ReadOnlyMemory<byte>> constants, out IntegerGraph? graph) => GraphBinding.TryBind(this, constants, out graph);
}
