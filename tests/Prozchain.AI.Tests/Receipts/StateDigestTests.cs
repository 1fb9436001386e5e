using Prozchain.AI.Engine;
using Prozchain.AI.Receipts;
using Prozchain.AI.Tests.Engine;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Receipts;

/// <summary>The digest of a context: what it costs, and that it is the state's and nothing else's.</summary>
public class StateDigestTests
{
    /// <summary>A step hashes its own token and a path, however long the context is.</summary>
    [Fact]
    public void Digests_OfAGeneration_HashATokenAndAPathEachStep()
    {
        const int Steps = 700;
        using var engine = new InferenceEngine(SmallModels.Decoder(context: Steps));
        using InferenceState state = engine.RentState();
        IntegerNode[] cached = [.. engine.Graph.Nodes.Where(n => n.IsCached)];
        long perToken = cached.Sum(n => InferenceState.SnapshotBytes(n, 1));
        long hashed = 0, most = 0;
        ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(engine.Graph, 1);
        for (int step = 0; step < Steps; step++)
        {
            ReceiptTesting.Serve(engine, inputs, state);
            most = Math.Max(most, state.HashedBytes - hashed);
            hashed = state.HashedBytes;
        }
        // Twice a root of at most ten subtrees of 64 bytes and the count; and once the token with the subtrees that it completes.
        Assert.InRange(most, perToken, perToken + cached.Length * (2 * (10 * 64 + 36) + 10 * 64));
        Assert.InRange(hashed, Steps * perToken, Steps * (perToken + cached.Length * 1000L));
    }

    /// <summary>What a step is hashed for its receipt allocates nothing once warm, with a context and without.</summary>
    [Fact]
    public void Digests_WarmSteps_AllocateNothing()
    {
        using var net = new InferenceEngine(SmallModels.Convolutional());
        AllocationAssert.None(() =>
        {
            RequestDigests.InputOf(net, 0, null);
            net.Run();
            RequestDigests.OutputOf(net, 0, null);
        });
        using var decoder = new InferenceEngine(SmallModels.Decoder());
        using InferenceState state = decoder.RentState();
        InferenceState[] states = [state];
        AllocationAssert.None(() =>
        {
            if (state.Position == state.Capacity) state.Reset();
            decoder.Input(0, 0).Clear();
            RequestDigests.InputOf(decoder, 0, state);
            decoder.Run(1, states);
            RequestDigests.OutputOf(decoder, 0, state);
        });
    }

    [Fact]
    public void Digest_AnyWayToTheState_IsTheSame()
    {
        using var engine = new InferenceEngine(SmallModels.Decoder(tokens: 3, context: 48));
        using InferenceState state = engine.RentState(), other = engine.RentState();
        IntegerNode[] cached = [.. engine.Graph.Nodes.Where(n => n.IsCached)];
        for (ulong step = 0; step <= 16; step++)
        {
            if (step > 0) ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, step), state);
            foreach (IntegerNode node in cached)
            {
                byte[] snapshot = state.Snapshot(node);
                Bytes32 digest = state.Digest(node);
                Assert.Equal(digest, InferenceState.DigestOf(node, 48, snapshot));
                Assert.Equal(digest, Naive(node, snapshot, state.Position));
                other.Restore(node, state.Position, snapshot);
                Assert.Equal(digest, other.Digest(node));
                Assert.Equal(digest, state.Digest(node));
            }
        }
    }

    /// <summary>A state that goes back and takes other tokens has the digest of those.</summary>
    [Fact]
    public void Digest_StateThatGoesBack_ForgetsWhatItHashed()
    {
        using var engine = new InferenceEngine(SmallModels.Decoder());
        using InferenceState state = engine.RentState(), straight = engine.RentState();
        for (ulong step = 0; step < 9; step++) ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, step), state);
        state.Position = 4;
        for (ulong step = 0; step < 4; step++) ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, step), straight);
        for (ulong step = 90; step < 96; step++)
            Assert.Equal(
                ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, step), straight).Statement,
                ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, step), state).Statement);
        state.Reset();
        straight.Reset();
        Assert.Equal(
            ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, 5), straight).Statement,
            ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, 5), state).Statement);
    }

    [Fact]
    public void Digest_AnyBitOfTheState_Counts()
    {
        using var engine = new InferenceEngine(SmallModels.Decoder());
        using InferenceState state = engine.RentState();
        for (ulong step = 0; step < 5; step++) ReceiptTesting.Serve(engine, ReceiptTesting.Inputs(engine.Graph, step), state);
        IntegerNode node = engine.Graph.Nodes.First(n => n.IsCached);
        byte[] snapshot = state.Snapshot(node);
        var seen = new HashSet<Bytes32> { state.Digest(node) };
        for (int bit = 0; bit < 8 * snapshot.Length; bit++)
        {
            byte[] flipped = [.. snapshot];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(seen.Add(InferenceState.DigestOf(node, 24, flipped)!.Value), $"Bit {bit} does not count.");
        }
        int perToken = (int)InferenceState.SnapshotBytes(node, 1);
        for (int length = 0; length <= 26 * perToken; length++)
            Assert.Equal(length % perToken == 0 && length <= 24 * perToken, InferenceState.DigestOf(node, 24, new byte[length]) is not null);
    }

    /// <summary>What was signed by the first rules is still read, run again and disputed by them.</summary>
    [Fact]
    public void Verify_ReceiptOfTheFirstRules_HoldsOnEveryRung()
    {
        IntegerGraph graph = SmallModels.Decoder();
        using var host = new InferenceEngine(graph);
        using var own = new InferenceEngine(graph);
        using InferenceState served = host.RentState(), seen = own.RentState();
        var reexecution = new ReexecutionVerifier(own, ReceiptTesting.ModelRoot, ReceiptTesting.Verifier);
        for (ulong step = 0; step < 4; step++)
        {
            ReadOnlyMemory<byte>[] inputs = ReceiptTesting.Inputs(graph, step);
            var honest = new TraceProver(own, new InferenceRequest(inputs, seen), version: 1);
            byte[] bytes = ReceiptTesting.Encode(ReceiptTesting.Serve(host, inputs, served, version: 1));
            Assert.Equal(1, bytes[0]);
            Assert.Equal(ReceiptStatus.Ok, InferenceReceipt.TryRead(bytes, out InferenceReceipt? receipt));
            Assert.Equal(honest.OutputDigest.ToArray(), receipt!.Statement.OutputDigest.ToArray());
            // Digests of the second rules are others, and do not pass as those of the first.
            Assert.NotEqual(new TraceProver(own, new InferenceRequest(inputs, seen)).OutputDigest.ToArray(), honest.OutputDigest.ToArray());
            var layout = new TraceLayout(graph);
            foreach (int leaf in new[] { layout.InputLeaves + 3, layout.Count - 2, layout.Count - 1 })
            {
                var forged = new ForgedProver(honest, layout, leaf);
                InferenceReceipt lie = InferenceReceipt.Sign(new InferenceStatement(
                    ReceiptTesting.ModelRoot, graph.Digest.Span, honest.InputDigest.Span, forged.OutputDigest.Span, IntegerGraph.EngineVersion, version: 1), ReceiptTesting.Signer);
                InferenceVerdict verdict = new BisectionVerifier(graph, ReceiptTesting.ModelRoot, ReceiptTesting.Verifier).Verify(lie, new TraceDispute(forged, honest));
                Assert.Equal((VerdictStatus.SignerRefuted, layout.Name(leaf)), (verdict.Status, verdict.Operator));
            }
            InferenceStatement said = receipt.Statement;
            var moved = InferenceReceipt.Sign(
                new InferenceStatement(said.ModelRoot.Span, said.GraphDigest.Span, said.InputDigest.Span, said.OutputDigest.Span, said.EngineVersion), ReceiptTesting.Signer);
            Assert.Equal(VerdictStatus.WrongInput, reexecution.Verify(moved, new InferenceRequest(inputs, seen)).Status);
            Assert.True(reexecution.Verify(receipt, new InferenceRequest(inputs, seen)).IsAccepted);
        }
        Assert.Throws<ArgumentException>(() => new InferenceStatement(new byte[32], new byte[32], new byte[32], new byte[32], 1, version: 3));
    }

    // The rule of docs/formats/ai-receipt.md, once more: tokens' leaves, the tree of RFC 6962, the count before its root.
    private static Bytes32 Naive(IntegerNode node, byte[] snapshot, int tokens)
    {
        int heads = node.Inputs[1].Shape[1], depth = node.Inputs[1].Shape[2], width = node.Inputs[2].Shape[2];
        var leaves = new Bytes32[tokens];
        for (int t = 0; t < tokens; t++)
        {
            var bytes = new List<byte>();
            for (int head = 0; head < heads; head++) bytes.AddRange(snapshot.AsSpan((head * tokens + t) * depth, depth));
            for (int head = 0; head < heads; head++) bytes.AddRange(snapshot.AsSpan(heads * tokens * depth + (head * tokens + t) * width, width));
            leaves[t] = Derived("Prozchain.AI v2 state token"u8, [.. bytes]);
        }
        byte[] root = leaves.Length == 0 ? Derived("Prozchain.AI v2 state node"u8, []).Span.ToArray() : MerkleTree<StateHash>.Root(leaves).Span.ToArray();
        return Derived("Prozchain.AI v2 state"u8, [.. BitConverter.GetBytes(tokens), .. root]);
    }

    private static Bytes32 Derived(ReadOnlySpan<byte> context, byte[] bytes)
    {
        var hasher = Blake3Hasher.DerivingKey(context);
        hasher.Update(bytes);
        var digest = new byte[32];
        hasher.Finish(digest);
        return new Bytes32(digest);
    }
}
