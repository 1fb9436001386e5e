using Prozchain.AI.Engine;
using Prozchain.Shared;

namespace Prozchain.AI.Receipts;

/// <summary>The hashes of receipts and traces, each kind under its own context of BLAKE3's key derivation (docs/formats/ai-receipt.md).</summary>
internal readonly struct ReceiptHash : IMerkleHash
{
    private static readonly Blake3Hasher s_receipt = Blake3Hasher.DerivingKey("Prozchain.AI v1 receipt"u8);
    private static readonly Blake3Hasher s_input = Blake3Hasher.DerivingKey("Prozchain.AI v1 input"u8);
    private static readonly Blake3Hasher s_output = Blake3Hasher.DerivingKey("Prozchain.AI v1 output"u8);
    private static readonly Blake3Hasher s_trace = Blake3Hasher.DerivingKey("Prozchain.AI v1 trace"u8);
    private static readonly Blake3Hasher s_node = Blake3Hasher.DerivingKey("Prozchain.AI v1 trace node"u8);

    public static Bytes32 Empty { get; } = GraphHash.Content([]);

    public static Bytes32 Leaf(ReadOnlySpan<byte> data) => GraphHash.Content(data);

    public static Bytes32 Inner(in Bytes32 left, in Bytes32 right) => GraphHash.Of(s_node, [left, right]);

    public static Bytes32 Receipt(ReadOnlySpan<byte> unsigned) => GraphHash.Of(s_receipt, unsigned);

    /// <summary>What the leaves of an input are added to, one behind another.</summary>
    public static Blake3Hasher InputLeaves => s_input;

    /// <summary>What the leaves of an output are added to.</summary>
    public static Blake3Hasher OutputLeaves => s_output;

    public static Bytes32 Input(ReadOnlySpan<Bytes32> leaves) => GraphHash.Of(s_input, leaves);

    public static Bytes32 Output(ReadOnlySpan<Bytes32> leaves) => GraphHash.Of(s_output, leaves);

    public static Bytes32 Trace(in Bytes32 graph, int leaves, in Bytes32 tree)
    {
        Span<byte> count = stackalloc byte[Bytes32.Size];
        count.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(count, leaves);
        return GraphHash.Of(s_trace, [graph, new Bytes32(count), tree]);
    }
}
