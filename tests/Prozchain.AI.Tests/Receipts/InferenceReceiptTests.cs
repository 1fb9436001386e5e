using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.AI.Tests.Engine;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Receipts;

public class InferenceReceiptTests
{
    private static readonly byte[] s_receipt = Make();

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSameAndSigned()
    {
        Assert.Equal(ReceiptStatus.Ok, InferenceReceipt.TryRead(s_receipt, out InferenceReceipt? receipt));
        Assert.True(receipt!.IsSigned(ReceiptTesting.Verifier));
        Assert.Equal(s_receipt, ReceiptTesting.Encode(receipt));
        Assert.Equal(ReceiptTesting.ModelRoot, receipt.Statement.ModelRoot.ToArray());
        Assert.Equal(IntegerGraph.EngineVersion, receipt.Statement.EngineVersion);
    }

    [Fact]
    public void IsSigned_AnyBitChanged_IsFalse()
    {
        for (int bit = 0; bit < 8 * s_receipt.Length; bit++)
        {
            byte[] flipped = [.. s_receipt];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            bool read = InferenceReceipt.TryRead(flipped, out InferenceReceipt? receipt) == ReceiptStatus.Ok;
            Assert.False(read && receipt!.IsSigned(ReceiptTesting.Verifier), $"Bit {bit} of the receipt does not matter.");
        }
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndStaysCanonical() => HostileBytes.Feed([s_receipt], bytes =>
    {
        if (InferenceReceipt.TryRead(bytes, out InferenceReceipt? receipt) != ReceiptStatus.Ok) return;
        Assert.True(bytes.SequenceEqual(ReceiptTesting.Encode(receipt!)), "A second encoding of one receipt was accepted.");
    }, count: 20_000);

    [Theory]
    [InlineData(1, Fixtures.Receipts)]
    [InlineData(2, Fixtures.ReceiptsV2)]
    public void Encoding_Receipts_IsFrozen(int version, string fixture)
    {
        using var engine = new InferenceEngine(SmallModels.Decoder());
        using InferenceState state = engine.RentState();
        byte[][] steps = [.. Enumerable.Range(0, 3).Select(i => ReceiptTesting.Encode(ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, (ulong)i), state, version)))];
        state.Reset();
        var prover = new TraceProver(engine, new InferenceRequest(ReceiptTesting.Inputs(engine.Graph, 0), state), version);
        Fixtures.AssertFrozen(fixture, [Make(version), .. steps, prover.Commitment.ToArray(), prover.OutputDigest.ToArray()]);
    }

    /// <summary>The statement of a host is by the rules of now.</summary>
    [Fact]
    public void Statement_OfARun_IsOfTheCurrentVersion()
    {
        using var engine = new InferenceEngine(SmallModels.Decoder());
        using InferenceState state = engine.RentState();
        ReadOnlyMemory<byte> input = RequestDigests.Input(engine, 0, state);
        engine.Run(1, [state]);
        InferenceStatement statement = RequestDigests.Statement(engine, ReceiptTesting.ModelRoot, input.Span, 0, state);
        Assert.Equal(2, statement.Version);
        Assert.Equal(RequestDigests.Output(engine, 0, state).ToArray(), statement.OutputDigest.ToArray());
    }

    private static byte[] Make(int version = InferenceStatement.CurrentVersion)
    {
        using var engine = new InferenceEngine(SmallModels.Convolutional());
        return ReceiptTesting.Encode(ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, 1), version: version));
    }
}
