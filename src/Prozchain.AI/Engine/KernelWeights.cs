using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Prozchain.AI.Kernels;
using Prozchain.Shared;

namespace Prozchain.AI.Engine;

/// <summary>The constant weights of products and convolutions in the layout of the kernels: what a cache keeps, whatever model they are of.</summary>
internal static class KernelWeights
{
    private static readonly Blake3Hasher s_key = Blake3Hasher.DerivingKey("Prozchain.AI v1 weights in kernel layout"u8);

    /// <summary>The constant that a node has as weights, or null.</summary>
    public static GraphConstant? Of(IntegerNode node) => node.Kind is OperatorKind.MatMul or OperatorKind.Conv ? node.Inputs[1].Constant : null;

    /// <summary>Names weights in one layout: the content, and all that the layout depends on.</summary>
    public static Bytes32 KeyOf(IntegerNode node)
    {
        Blake3Hasher hasher = s_key;
        hasher.Update(Of(node)!.Hash.Span);
        Write(ref hasher, (long)node.Kind);
        Write(ref hasher, IsForShorts(node) ? 1 : 0);
        Write(ref hasher, RangeOf(node)?.Low ?? 0);
        Write(ref hasher, RangeOf(node)?.High ?? 0);
        foreach (int length in node.Inputs[1].Shape) Write(ref hasher, length);
        if (node.Kind == OperatorKind.Conv)
        {
            foreach (int length in node.Inputs[0].Shape) Write(ref hasher, length);
            foreach (long attribute in node.Attributes) Write(ref hasher, attribute);
        }
        return GraphHash.Finish(ref hasher, []);
    }

    /// <summary>Packs weights.</summary>
    /// <param name="node">The product or convolution.</param>
    /// <param name="bytes">The constant's elements.</param>
    public static object Pack(IntegerNode node, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<sbyte> weights = MemoryMarshal.Cast<byte, sbyte>(bytes);
        IntegerValue w = node.Inputs[1];
        return node.Kind == OperatorKind.MatMul
            ? new GemmWeights(weights, w.Shape[0], w.Shape[1], forShorts: IsForShorts(node), range: RangeOf(node))
            : new ConvolutionWeights(weights, ShapeOf(node), IsForShorts(node), RangeOf(node));
    }

    public static long BytesOf(object packed) => packed is GemmWeights gemm ? gemm.Bytes : ((ConvolutionWeights)packed).Bytes;

    public static ConvolutionShape ShapeOf(IntegerNode conv)
    {
        IntegerValue x = conv.Inputs[0], w = conv.Inputs[1];
        return new ConvolutionShape
        {
            InChannels = x.Shape[0],
            OutChannels = w.Shape[0],
            Groups = (int)conv.Attributes[8],
            PadValue = (int)conv.Attributes[9],
            Window = WindowRules.Read(x, w.Shape[2], w.Shape[3], conv.Attributes),
        };
    }

    /// <summary>Between what the activations lie, as the graph proves it, and the padding of a convolution.</summary>
    private static ActivationRange? RangeOf(IntegerNode node)
    {
        if (IsForShorts(node)) return null;
        IntegerValue x = node.Inputs[0];
        int padding = node.Kind == OperatorKind.Conv ? (int)node.Attributes[9] : x.Min;
        return new ActivationRange(Math.Min(x.Min, padding), Math.Max(x.Max, padding));
    }

    private static bool IsForShorts(IntegerNode node) => node.Inputs[0].Type != ElementType.I8;

    private static void Write(ref Blake3Hasher hasher, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hasher.Update(bytes);
    }
}
