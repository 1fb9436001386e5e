using System.Buffers;
using System.Text;
using Prozchain.Shared;

namespace Prozchain.Zk.Air;

/// <summary>
/// The bytes of a graph: what a transcript absorbs to bind a proof to its AIR. Never read back. Version byte 0; then
/// varints throughout, each list after its length, so that no two graphs share their bytes: width, preprocessed width,
/// public values, height; the periodic columns; the nodes (operation, left, right, constant); the constraints (rows, node);
/// the interactions (name of the bus in UTF-8, its length and kind, direction, multiplicity, message, bound).
/// Names of AIRs and labels do not count. The contents of preprocessed columns are bound by their commitment.
/// </summary>
internal static class GraphDescription
{
    // Throws at a lone surrogate, of which all would else be written as the same character.
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static void Write(ConstraintGraph graph, IBufferWriter<byte> output)
    {
        WireWriter writer = new(output);
        writer.WriteByte(0);
        AirShape shape = graph.Shape;
        writer.WriteVarint((uint)shape.Width);
        writer.WriteVarint((uint)shape.PreprocessedWidth);
        writer.WriteVarint((uint)shape.PublicValues);
        writer.WriteVarint((uint)shape.Height);
        writer.WriteVarint((uint)shape.Periodic.Count);
        foreach (ReadOnlyMemory<ulong> column in shape.Periodic)
        {
            writer.WriteVarint((uint)column.Length);
            foreach (ulong value in column.Span) writer.WriteVarint(value);
        }
        writer.WriteVarint((uint)graph.Nodes.Length);
        foreach (GraphNode node in graph.Nodes.Span)
        {
            writer.WriteVarint((uint)node.Operation);
            writer.WriteVarint((uint)node.Left);
            writer.WriteVarint((uint)node.Right);
            writer.WriteVarint(node.Constant);
        }
        writer.WriteVarint((uint)graph.Constraints.Count);
        foreach (GraphConstraint constraint in graph.Constraints)
        {
            writer.WriteVarint((uint)constraint.Rows);
            writer.WriteVarint((uint)constraint.Node);
        }
        writer.WriteVarint((uint)graph.Interactions.Count);
        foreach (GraphInteraction interaction in graph.Interactions) WriteInteraction(interaction, writer);
    }

    public static void WriteBus(Bus bus, WireWriter writer)
    {
        byte[] name = Utf8.GetBytes(bus.Name);
        writer.WriteVarint((uint)name.Length);
        writer.WriteSpan(name);
        writer.WriteVarint((uint)bus.Length);
        writer.WriteVarint((uint)bus.Kind);
    }

    private static void WriteInteraction(GraphInteraction interaction, WireWriter writer)
    {
        WriteBus(interaction.Bus, writer);
        writer.WriteVarint((uint)interaction.Direction);
        writer.WriteVarint((uint)interaction.Multiplicity);
        writer.WriteVarint((uint)interaction.Message.Length);
        foreach (int node in interaction.Message.Span) writer.WriteVarint((uint)node);
        writer.WriteVarint(interaction.Bound);
    }
}
