using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.AI.Tests.Engine;

namespace Prozchain.AI.Tests.Receipts;

public class BisectionVerifierTests
{
    private const int Bit = 6;

    public static TheoryData<string> Cheats => ["Conv#0", "Conv#2", "Conv#4", "MatMul#13", "RequantiseChannels#1", "Lookup#9"];

    [Theory]
    [MemberData(nameof(Cheats))]
    public void Verify_HostWithAnotherWeight_LosesAtThatOperator(string name)
    {
        IntegerGraph graph = SmallModels.Convolutional();
        (IntegerGraph altered, ReadOnlyMemory<byte>[] inputs) = Cheat(graph, name);
        using var cheat = new InferenceEngine(altered);
        using var own = new InferenceEngine(graph);
        InferenceReceipt lie = ReceiptTesting.Serve(cheat, inputs), truth = ReceiptTesting.Serve(own, inputs);
        var cheater = new TraceProver(cheat, new InferenceRequest(inputs));
        var honest = new TraceProver(own, new InferenceRequest(inputs));
        BisectionVerifier referee = Referee(graph);
        InferenceVerdict verdict = referee.Verify(lie, new TraceDispute(cheater, honest));
        Assert.Equal((VerdictStatus.SignerRefuted, name), (verdict.Status, verdict.Operator));
        // The same two the other way round: an honest host, and a challenger that lies.
        verdict = referee.Verify(truth, new TraceDispute(honest, cheater));
        Assert.Equal((VerdictStatus.ChallengerRefuted, name), (verdict.Status, verdict.Operator));
        Assert.True(verdict.IsAccepted);
    }

    [Fact]
    public void Verify_StepOfAContext_IsJudgedWithItsState()
    {
        IntegerGraph graph = SmallModels.Decoder();
        using var own = new InferenceEngine(graph);
        using InferenceState before = own.RentState();
        for (ulong step = 0; step < 5; step++) ReceiptTesting.Serve(own, ReceiptTesting.Inputs(graph, step), before);
        ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(graph, 77);
        var honest = new TraceProver(own, new InferenceRequest(inputs, before));
        // Of the first layer, where keys and values go into the cache, and the last of all.
        IntegerNode[] products = [.. graph.Nodes.Where(n => n.Kind == OperatorKind.MatMul)];
        foreach (IntegerNode node in new[] { products[1], products[2], products[^1] })
        {
            for (int bit = Bit; ; bit += 8)
            {
                using var cheat = new InferenceEngine(ReceiptTesting.Altered(graph, Constant(graph, node), bit));
                using InferenceState copy = cheat.RentState();
                foreach (IntegerNode cached in graph.Nodes.Where(n => n.IsCached)) copy.Restore(cached, 5, before.Snapshot(cached));
                var cheater = new TraceProver(cheat, new InferenceRequest(inputs, copy));
                InferenceReceipt lie = ReceiptTesting.Serve(cheat, inputs, copy);
                if (lie.Statement.OutputDigest.Span.SequenceEqual(honest.OutputDigest.Span)) continue;
                InferenceVerdict verdict = Referee(graph).Verify(lie, new TraceDispute(cheater, honest));
                Assert.Equal((VerdictStatus.SignerRefuted, node.Name), (verdict.Status, verdict.Operator));
                break;
            }
        }
    }

    [Fact]
    public void Verify_TraceForgedAtAnyLeaf_IsRefutedThere()
    {
        IntegerGraph graph = SmallModels.Decoder();
        using var engine = new InferenceEngine(graph);
        using InferenceState state = engine.RentState();
        ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(graph, 5);
        ReceiptTesting.Serve(engine, inputs, state);
        var honest = new TraceProver(engine, new InferenceRequest(inputs, state));
        var layout = new TraceLayout(graph);
        for (int leaf = layout.InputLeaves; leaf < layout.Count; leaf++)
        {
            var forged = new ForgedProver(honest, layout, leaf);
            InferenceReceipt lie = InferenceReceipt.Sign(new InferenceStatement(
                ReceiptTesting.ModelRoot, graph.Digest.Span, honest.InputDigest.Span, forged.OutputDigest.Span, IntegerGraph.EngineVersion), ReceiptTesting.Signer);
            InferenceVerdict verdict = Referee(graph).Verify(lie, new TraceDispute(forged, honest));
            Assert.Equal((VerdictStatus.SignerRefuted, layout.Name(leaf)), (verdict.Status, verdict.Operator));
        }
    }

    [Theory]
    [InlineData(Misbehaviour.Silent)]
    [InlineData(Misbehaviour.Throws)]
    [InlineData(Misbehaviour.OtherHalves)]
    [InlineData(Misbehaviour.OtherContent)]
    [InlineData(Misbehaviour.OtherPath)]
    [InlineData(Misbehaviour.ShortRoot)]
    [InlineData(Misbehaviour.LongContent)]
    [InlineData(Misbehaviour.LongPath)]
    [InlineData(Misbehaviour.NextLeaf)]
    [InlineData(Misbehaviour.OneLeafMore)]
    [InlineData(Misbehaviour.OneLeafLess)]
    public void Verify_SignerThatDoesNotAnswerAsCommitted_Loses(Misbehaviour how)
    {
        IntegerGraph graph = SmallModels.Convolutional();
        (IntegerGraph altered, ReadOnlyMemory<byte>[] inputs) = Cheat(graph, "Conv#4");
        using var cheat = new InferenceEngine(altered);
        using var own = new InferenceEngine(graph);
        InferenceReceipt lie = ReceiptTesting.Serve(cheat, inputs), truth = ReceiptTesting.Serve(own, inputs);
        var cheater = new MisbehavingProver(new TraceProver(cheat, new InferenceRequest(inputs)), how);
        var honest = new TraceProver(own, new InferenceRequest(inputs));
        Assert.Equal(VerdictStatus.SignerRefuted, Referee(graph).Verify(lie, new TraceDispute(cheater, honest)).Status);
        Assert.Equal(VerdictStatus.ChallengerRefuted, Referee(graph).Verify(truth, new TraceDispute(honest, cheater)).Status);
    }

    [Fact]
    public void Verify_GraphWithoutConstants_AsksTheSignerForThem()
    {
        IntegerGraph graph = SmallModels.Convolutional();
        IntegerGraph.TryRead(GraphEncodingTests.Encode(graph, false), out IntegerGraph? unbound);
        (IntegerGraph altered, ReadOnlyMemory<byte>[] inputs) = Cheat(graph, "Conv#2");
        using var cheat = new InferenceEngine(altered);
        using var own = new InferenceEngine(graph);
        InferenceReceipt lie = ReceiptTesting.Serve(cheat, inputs), truth = ReceiptTesting.Serve(own, inputs);
        TraceProver cheater = new(cheat, new InferenceRequest(inputs)), honest = new(own, new InferenceRequest(inputs));
        // The cheater has other bytes than the digest says: it has no answer.
        InferenceVerdict verdict = Referee(unbound!).Verify(lie, new TraceDispute(cheater, honest));
        Assert.Equal(VerdictStatus.SignerRefuted, verdict.Status);
        Assert.Contains("constant", verdict.Reason, StringComparison.Ordinal);
        Assert.Equal((VerdictStatus.ChallengerRefuted, "Conv#2"), (Referee(unbound!).Verify(truth, new TraceDispute(honest, cheater)) is var v ? (v.Status, v.Operator) : default));
    }

    [Fact]
    public void Verify_ChallengeOfTheSameOutput_IsRefuted()
    {
        IntegerGraph graph = SmallModels.Convolutional();
        using var engine = new InferenceEngine(graph);
        ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(graph, 1);
        InferenceReceipt receipt = ReceiptTesting.Serve(engine, inputs);
        var prover = new TraceProver(engine, new InferenceRequest(inputs));
        Assert.Equal(VerdictStatus.ChallengerRefuted, Referee(graph).Verify(receipt, new TraceDispute(prover, prover)).Status);
        Assert.Equal(32, prover.Commitment.Length);
    }

    private static BisectionVerifier Referee(IntegerGraph graph) => new(graph, ReceiptTesting.ModelRoot, ReceiptTesting.Verifier);

    private static int Constant(IntegerGraph graph, IntegerNode node) => node.Inputs[1].Index - graph.Inputs.Count;

    /// <summary>A bit of the operator's constant, and inputs, with which its output is another one.</summary>
    private static (IntegerGraph Altered, ReadOnlyMemory<byte>[] Inputs) Cheat(IntegerGraph graph, string name)
    {
        IntegerNode node = graph.Nodes.Single(n => n.Name == name);
        for (ulong seed = 1; ; seed++)
        {
            ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(graph, seed);
            long[][] longs = [.. inputs.Select((input, i) => NaiveGraph.Read(graph.Inputs[i].Value.Type, input.Span))];
            IntegerGraph altered = ReceiptTesting.Altered(graph, Constant(graph, node), Bit + 8 * (int)(seed * 7 % (ulong)node.Inputs[1].Elements));
            long[][] honest = new NaiveGraph(graph).Run(longs), other = new NaiveGraph(altered).Run(longs);
            if (graph.Outputs.Any(o => !honest[o.Value.Index].SequenceEqual(other[o.Value.Index]))) return (altered, inputs);
            Assert.True(seed < 200, $"No lie at {name} is seen in an output.");
        }
    }

}
