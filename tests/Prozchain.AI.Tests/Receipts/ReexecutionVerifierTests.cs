using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.AI.Tests.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Receipts;

public class ReexecutionVerifierTests
{
    [Fact]
    public void Verify_HonestReceipt_IsAcceptedAndOnlyOfThisModelAndGraph()
    {
        using var host = new InferenceEngine(SmallModels.Convolutional());
        using var own = new InferenceEngine(SmallModels.Convolutional(), new InferenceEngineOptions { MaxBatch = 3, Workers = 2 });
        using var other = new InferenceEngine(SmallModels.Convolutional(seed: 2));
        ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(host.Graph, 1);
        InferenceReceipt receipt = ReceiptTesting.Serve(host, inputs);
        InferenceVerdict Verdict(InferenceEngine engine, byte[] root) => new ReexecutionVerifier(engine, root, ReceiptTesting.Verifier).Verify(receipt, new InferenceRequest(inputs));
        Assert.True(Verdict(own, ReceiptTesting.ModelRoot).IsAccepted);
        Assert.Equal(VerdictStatus.WrongModel, Verdict(own, new byte[32]).Status);
        Assert.Equal(VerdictStatus.WrongGraph, Verdict(other, ReceiptTesting.ModelRoot).Status);
        Assert.Equal(VerdictStatus.WrongInput, new ReexecutionVerifier(own, ReceiptTesting.ModelRoot, ReceiptTesting.Verifier).Verify(receipt, new InferenceRequest([])).Status);
        InferenceStatement said = receipt.Statement;
        var newer = new InferenceStatement(said.ModelRoot.Span, said.GraphDigest.Span, said.InputDigest.Span, said.OutputDigest.Span, said.EngineVersion + 1);
        receipt = InferenceReceipt.Sign(newer, ReceiptTesting.Signer);
        Assert.Equal(VerdictStatus.WrongEngineVersion, Verdict(own, ReceiptTesting.ModelRoot).Status);
    }

    [Fact]
    public void Verify_AnyBitOfWeightInputOrOutput_IsRefused()
    {
        var random = new SeededRandom(6);
        var builder = new IntegerGraphBuilder();
        // Inputs that are not zero and sums that are not rounded: no bit of a weight goes unseen.
        IntegerValue x = builder.Input("x", ElementType.I8, [2, 8], -127, 127, HostType.Int8);
        IntegerValue w = builder.Constant([.. Enumerable.Range(0, 40).Select(_ => (sbyte)random.Next(1, 60))], 8, 5);
        builder.Output("y", builder.MatMul(x, w, builder.Constant([10, 20, 30, 40, 50], 5)), HostType.Int32);
        using var engine = new InferenceEngine(builder.Build());
        var verifier = new ReexecutionVerifier(engine, ReceiptTesting.ModelRoot, ReceiptTesting.Verifier);
        byte[] input = [.. Enumerable.Range(0, 16).Select(_ => (byte)random.Next(1, 100))];
        ReadOnlyMemory<byte>[] inputs = [input];
        InferenceReceipt honest = ReceiptTesting.Serve(engine, inputs);
        Assert.True(verifier.Verify(honest, new InferenceRequest(inputs)).IsAccepted);
        for (int constant = 0; constant < 2; constant++)
        {
            for (int bit = 0; bit < 8 * engine.Graph.Constants[constant].Value.Bytes; bit++)
            {
                using var cheat = new InferenceEngine(ReceiptTesting.Altered(engine.Graph, constant, bit));
                Assert.Equal(VerdictStatus.WrongOutput, verifier.Verify(ReceiptTesting.Serve(cheat, inputs), new InferenceRequest(inputs)).Status);
            }
        }
        for (int bit = 0; bit < 8 * input.Length; bit++)
            Assert.Equal(VerdictStatus.WrongInput, verifier.Verify(honest, new InferenceRequest([Flip(input, bit)])).Status);
        engine.Run();
        for (int bit = 0; bit < 32; bit++)
        {
            byte[] output = Flip(engine.Output(0, 0).ToArray(), bit);
            InferenceStatement said = honest.Statement;
            var lie = new InferenceStatement(said.ModelRoot.Span, said.GraphDigest.Span, said.InputDigest.Span, ReceiptHash.Output([GraphHash.Content(output)]).Span, said.EngineVersion);
            Assert.Equal(VerdictStatus.WrongOutput, verifier.Verify(InferenceReceipt.Sign(lie, ReceiptTesting.Signer), new InferenceRequest(inputs)).Status);
        }
    }

    [Fact]
    public void Verify_StepsOfAContext_FollowTheState()
    {
        using var host = new InferenceEngine(SmallModels.Decoder());
        using var own = new InferenceEngine(SmallModels.Decoder());
        using InferenceState served = host.RentState(), seen = own.RentState(), fresh = own.RentState();
        var verifier = new ReexecutionVerifier(own, ReceiptTesting.ModelRoot, ReceiptTesting.Verifier);
        for (int step = 0; step < 4; step++)
        {
            ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(host.Graph, (ulong)step);
            InferenceReceipt receipt = ReceiptTesting.Serve(host, inputs, served);
            if (step > 0) Assert.Equal(VerdictStatus.WrongInput, verifier.Verify(receipt, new InferenceRequest(inputs, fresh)).Status);
            Assert.True(verifier.Verify(receipt, new InferenceRequest(inputs, seen)).IsAccepted);
            Assert.Equal((step + 1, 0), (seen.Position, fresh.Position));
        }
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
