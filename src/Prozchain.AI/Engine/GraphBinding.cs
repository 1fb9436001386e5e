using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>Puts constants' bytes under a graph, and says in which interval elements lie.</summary>
internal static class GraphBinding
{
    public static int TryBind(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> bytes, out IntegerGraph? bound)
    {
        bound = null;
        if (bytes.Count != graph.Constants.Count) throw new ArgumentException($"Expected {graph.Constants.Count} constants, got {bytes.Count}.", nameof(bytes));
        for (int i = 0; i < bytes.Count; i++)
            if (!Matches(graph.Constants[i], bytes[i].Span)) return i;
        bound = Rebuild(graph, bytes);
        return -1;
    }

    /// <summary>The graph with the constants' bytes that are given; empty for those that are not.</summary>
    public static IntegerGraph BindSome(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> bytes) => Rebuild(graph, bytes);

    public static bool Matches(GraphConstant constant, ReadOnlySpan<byte> bytes) =>
        bytes.Length == constant.Value.Bytes && GraphHash.Content(bytes).Equals(constant.Hash) && Measure(constant.Value.Type, bytes).Equals(constant.Value.Range);

    /// <summary>Least and greatest element. At least one element is there.</summary>
    public static Interval Measure(ElementType type, ReadOnlySpan<byte> bytes) => type switch
    {
        ElementType.I8 => Measure(MemoryMarshal.Cast<byte, sbyte>(bytes)),
        ElementType.I16 => Measure(MemoryMarshal.Cast<byte, short>(bytes)),
        _ => Measure(MemoryMarshal.Cast<byte, int>(bytes)),
    };

    private static Interval Measure(ReadOnlySpan<sbyte> elements)
    {
        sbyte min = sbyte.MaxValue, max = sbyte.MinValue;
        foreach (sbyte element in elements) (min, max) = (Math.Min(min, element), Math.Max(max, element));
        return new(min, max);
    }

    private static Interval Measure(ReadOnlySpan<short> elements)
    {
        short min = short.MaxValue, max = short.MinValue;
        foreach (short element in elements) (min, max) = (Math.Min(min, element), Math.Max(max, element));
        return new(min, max);
    }

    private static Interval Measure(ReadOnlySpan<int> elements)
    {
        int min = int.MaxValue, max = int.MinValue;
        foreach (int element in elements) (min, max) = (Math.Min(min, element), Math.Max(max, element));
        return new(min, max);
    }

    /// <summary>The graph over other bytes, unchecked. Values know their constant and their producer, so it has other values.</summary>
    internal static IntegerGraph Rebuild(IntegerGraph graph, IReadOnlyList<ReadOnlyMemory<byte>> bytes)
    {
        IntegerValue[] values = [.. graph.Values.Select(v => new IntegerValue(v.Type, v.ShapeArray, v.Range))];
        GraphConstant[] constants = [.. graph.Constants.Select((c, i) => new GraphConstant(values[c.Value.Index], c.Hash, bytes[i]))];
        foreach (GraphConstant constant in constants) constant.Value.Constant = constant;
        IntegerNode[] nodes = [.. graph.Nodes.Select(n => new IntegerNode(
            n.Kind, [.. n.Inputs.ToArray().Select(v => values[v.Index])], n.Attributes.ToArray(), values[n.Output.Index]))];
        return new IntegerGraph([.. graph.Inputs.Select(Moved)], constants, nodes, [.. graph.Outputs.Select(Moved)], graph.ContextCapacity);

        Border Moved(Border b) => new(b.Name, values[b.Value.Index], b.Host, b.Scale, b.ZeroPoint);
    }
}
