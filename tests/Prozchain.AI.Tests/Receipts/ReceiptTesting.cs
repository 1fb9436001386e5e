using System.Buffers;
using Prozchain.AI.Engine;
using Prozchain.AI.Ports;
using Prozchain.AI.Receipts;
using Prozchain.AI.Tests.Engine;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Receipts;

/// <summary>A host with a key, its requests, and hosts that cheat.</summary>
internal static class ReceiptTesting
{
    public static readonly byte[] ModelRoot = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    public static Ed25519ReceiptSigner Signer { get; } = new(new byte[32]);

    public static Ed25519ReceiptVerifier Verifier { get; } = new();

    public static ReadOnlyMemory<byte>[] Inputs(IntegerGraph graph, ulong seed) =>
        [.. EngineRuns.Inputs(graph, new SeededRandom(seed)).Select((input, i) => (ReadOnlyMemory<byte>)NaiveGraph.Write(graph.Inputs[i].Value.Type, input))];

    /// <summary>Runs a request as a host does, and signs what came out.</summary>
    public static InferenceReceipt Serve(InferenceEngine engine, ReadOnlyMemory<byte>[] inputs, InferenceState? state = null, int version = InferenceStatement.CurrentVersion)
    {
        for (int i = 0; i < inputs.Length; i++) inputs[i].Span.CopyTo(engine.Input(i, 0));
        Bytes32 input = RequestDigests.InputOf(engine, 0, state, version);
        engine.Run(1, state is null ? [] : [state]);
        Bytes32 output = RequestDigests.OutputOf(engine, 0, state, version);
        return InferenceReceipt.Sign(new InferenceStatement(ModelRoot, engine.Graph.Digest.Span, input.Span, output.Span, IntegerGraph.EngineVersion, version), Signer);
    }

    /// <summary>The graph with one bit of a constant flipped, claiming to be the graph.</summary>
    public static IntegerGraph Altered(IntegerGraph graph, int constant, int bit) => GraphBinding.Rebuild(graph, [.. graph.Constants.Select((c, i) =>
    {
        byte[] bytes = c.Bytes.ToArray();
        if (i == constant) bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return (ReadOnlyMemory<byte>)bytes;
    })]);

    public static byte[] Encode(InferenceReceipt receipt)
    {
        var buffer = new ArrayBufferWriter<byte>();
        receipt.Write(buffer);
        return buffer.WrittenSpan.ToArray();
    }
}
