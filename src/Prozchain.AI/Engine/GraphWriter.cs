using System.Buffers;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>Writes the one encoding of a graph (docs/formats/ai-graph.md).</summary>
internal static class GraphWriter
{
    public const byte Version = 1;

    public static Bytes32 Digest(IntegerGraph graph)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Write(graph, buffer, withConstants: false);
        return GraphHash.Graph(buffer.WrittenSpan);
    }

    public static void Write(IntegerGraph graph, IBufferWriter<byte> output, bool withConstants)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (withConstants && !graph.IsBound) throw new ArgumentException("Expected a graph whose constants are bound.");
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte(withConstants ? (byte)1 : (byte)0);
        writer.WriteVarint((ulong)graph.ContextCapacity);
        writer.WriteVarint((ulong)graph.Inputs.Count);
        foreach (Border input in graph.Inputs)
        {
            WriteTensor(writer, input.Value);
            WriteBorder(writer, input);
        }
        writer.WriteVarint((ulong)graph.Constants.Count);
        foreach (GraphConstant constant in graph.Constants)
        {
            WriteTensor(writer, constant.Value);
            writer.WriteBytes32(constant.Hash);
        }
        writer.WriteVarint((ulong)graph.Nodes.Count);
        foreach (IntegerNode node in graph.Nodes)
        {
            writer.WriteByte((byte)node.Kind);
            writer.WriteVarint((ulong)node.Inputs.Length);
            foreach (IntegerValue input in node.Inputs) writer.WriteVarint((ulong)input.Index);
            writer.WriteVarint((ulong)node.Attributes.Length);
            foreach (long attribute in node.Attributes) writer.WriteVarint(ZigZag(attribute));
        }
        writer.WriteVarint((ulong)graph.Outputs.Count);
        foreach (Border border in graph.Outputs)
        {
            writer.WriteVarint((ulong)border.Value.Index);
            WriteBorder(writer, border);
        }
        if (!withConstants) return;
        foreach (GraphConstant constant in graph.Constants) writer.WriteSpan(constant.Bytes.Span);
    }

    public static ulong ZigZag(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static void WriteTensor(in WireWriter writer, IntegerValue value)
    {
        writer.WriteByte((byte)value.Type);
        writer.WriteVarint((ulong)value.Rank);
        foreach (int length in value.Shape) writer.WriteVarint((ulong)length);
        writer.WriteVarint(ZigZag(value.Min));
        writer.WriteVarint(ZigZag(value.Max));
    }

    private static void WriteBorder(in WireWriter writer, Border border)
    {
        byte[] name = Encoding.UTF8.GetBytes(border.Name);
        writer.WriteVarint((ulong)name.Length);
        writer.WriteSpan(name);
        writer.WriteByte((byte)border.Host);
        writer.WriteUInt32(BitConverter.SingleToUInt32Bits(border.Scale));
        writer.WriteVarint(ZigZag(border.ZeroPoint));
    }
}
