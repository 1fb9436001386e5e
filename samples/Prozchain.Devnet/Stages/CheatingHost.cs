using Prozchain.AI.Engine;
using Prozchain.AI.Ports;
using Prozchain.AI.Receipts;
using Prozchain.AI.Registry;
using Prozchain.Devnet.Reporting;
using Prozchain.Devnet.Workloads;

namespace Prozchain.Devnet.Stages;

/// <summary>
/// A host that runs a network with one other weight and signs that it ran the published one. Who has the published one contests it,
/// and a referee, who runs a single operator, finds out who lied.
/// </summary>
internal static class CheatingHost
{
    private const int TriesPerOperator = 4;

    /// <returns>How it lost; null when no other weight that was tried shows in an output, so that there is nothing to contest.</returns>
    /// <exception cref="RunBrokenException">The host gets away with it.</exception>
    public static CheatNote? Lose(ModelVersion version, IntegerGraph honest, ulong seed)
    {
        ReadOnlySpan<byte> modelRoot = version.Publication.ModelRoot.Span;
        IntegerNode[] products = [.. honest.Nodes.Where(node => node.Kind is OperatorKind.MatMul or OperatorKind.Conv && node.Inputs[1] is { Type: ElementType.I8, Constant: not null })];
        using var signer = new Ed25519ReceiptSigner(DevnetSeeds.Bytes(seed, "cheating host"));
        using var engine = new InferenceEngine(honest);
        var random = new SplitMix64(seed);
        for (int attempt = 0; attempt < products.Length * TriesPerOperator; attempt++)
        {
            // From the middle on: the nearer to the outputs, the surer they change.
            IntegerNode altered = products[Math.Min(products.Length - 1, (products.Length - 1) / 2 + attempt / TriesPerOperator)];
            var request = new InferenceRequest(ServedNetwork.Inputs(honest, seed, attempt));
            using var cheatingEngine = new InferenceEngine(WithOtherWeight(honest, altered.Inputs[1].Constant!, random));
            TraceProver own = new(engine, request), cheat = new(cheatingEngine, request);
            if (own.OutputDigest.Span.SequenceEqual(cheat.OutputDigest.Span)) continue;
            var statement = new InferenceStatement(modelRoot, honest.Digest.Span, cheat.InputDigest.Span, cheat.OutputDigest.Span, IntegerGraph.EngineVersion);
            InferenceVerdict verdict = new BisectionVerifier(honest, modelRoot, new Ed25519ReceiptVerifier()).Verify(InferenceReceipt.Sign(statement, signer), new TraceDispute(cheat, own));
            if (verdict.Status != VerdictStatus.SignerRefuted || verdict.Operator is null) throw new RunBrokenException($"a host that cheated at {altered.Name} was not found out: {verdict.Status}, {verdict.Reason}");
            return new CheatNote(altered.Name, honest.Inputs.Count + honest.Nodes.Count, verdict.Operator, verdict.Status.ToString());
        }
        return null;
    }

    // Built anew: a graph of other bytes than its digests say cannot be had from the library.
    private static IntegerGraph WithOtherWeight(IntegerGraph graph, GraphConstant altered, SplitMix64 random)
    {
        var builder = new IntegerGraphBuilder();
        var values = new Dictionary<IntegerValue, IntegerValue>();
        foreach (Border input in graph.Inputs)
            values[input.Value] = builder.Input(input.Name, input.Value.Type, input.Value.Shape, input.Value.Min, input.Value.Max, input.Host, input.Scale, input.ZeroPoint);
        foreach (GraphConstant constant in graph.Constants)
        {
            byte[] bytes = constant.Bytes.ToArray();
            // To the other end of the weights' range, or towards zero where they are all alike: what was proven of the graph holds of this one.
            if (constant == altered)
            {
                ref byte weight = ref bytes[random.Below(bytes.Length)];
                int old = (sbyte)weight, other = old > 0 ? constant.Value.Min : constant.Value.Max;
                weight = (byte)(other != old ? other : old == 0 ? 1 : 0);
            }
            values[constant.Value] = builder.Constant(constant.Value.Type, bytes, constant.Value.Shape);
        }
        foreach (IntegerNode node in graph.Nodes) values[node.Output] = builder.Add(node.Kind, [.. node.Inputs.ToArray().Select(input => values[input])], node.Attributes);
        foreach (Border output in graph.Outputs) builder.Output(output.Name, values[output.Value], output.Host, output.Scale, output.ZeroPoint);
        return builder.Build();
    }
}
