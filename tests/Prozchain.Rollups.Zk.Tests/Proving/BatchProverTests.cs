using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;
using Prozchain.Zk.Air;
using Prozchain.Zk.Stark;
using Cells = Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using Permutation = Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>;
using Prover = Prozchain.Rollups.Zk.Proving.BatchProver<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;
using Tracer = Prozchain.Rollups.Zk.Proving.BatchTracer<Prozchain.Zk.Hashing.Poseidon2Width16<Prozchain.Zk.Fields.KoalaBear>, Prozchain.Zk.Airs.Poseidon2Cells<Prozchain.Zk.Fields.KoalaBear>>;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>From the bytes of an input to the bytes of a proof, and what a verifier says of them, over the real keys.</summary>
public sealed class BatchProverTests
{
    private static readonly Lazy<TracedBatch> s_batch = new(TracedBatch.OfEveryKind), s_forced = new(TracedBatch.OfForcedItems);
    private static readonly Lazy<Task<ReadOnlyMemory<byte>>> s_proof = new(() => new Prover(TracedBatch.BatchRules).ProveAsync(Write(s_batch.Value.Input(13)), null, CancellationToken.None).AsTask());

    [Fact]
    public async Task Batch_OfEveryKind_IsProvenFromBytesToBytes()
    {
        ReadOnlyMemory<byte> proof = await s_proof.Value;
        ProofStatement asked = s_batch.Value.Asked(s_batch.Value.Input());
        BatchResult result = NewVerifier().Verify(asked, proof);
        Assert.True(result.IsValid, $"{result}");
        ulong steps = (ulong)s_batch.Value.Statuses.Count + 1;
        Assert.True(NewVerifier().Verify(asked with { To = steps }, proof).IsValid);
        Assert.Equal(BatchRefusal.Steps, NewVerifier().Verify(asked with { To = steps - 1 }, proof).Refusal);
        Assert.True(BatchProof.TryRead(proof, out BatchProof? read));
        Assert.Equal((2, 1), (read!.Segments, read.Statement.Chunks.Count));
        Assert.Equal(s_batch.Value.Effects.Count, read.Statement.Exits.Count);
    }

    /// <summary>Posted bytes that differ in a byte: the settlement layer asks about others; and a statement that says them has no proof.</summary>
    [Fact]
    public async Task Bytes_ThatDiffer_AreNotProven()
    {
        Assert.True(BatchProof.TryRead(await s_proof.Value, out BatchProof? proof));
        ProverInput input = s_batch.Value.Input();
        BatchVerifier<Permutation> verifier = NewVerifier();
        for (int at = 0; at < input.Source.Length; at += 1 + input.Source.Length / 40)
        {
            byte[] bytes = input.Source.ToArray();
            bytes[at] ^= 1;
            ProofStatement asked = s_batch.Value.Asked(input with { Posting = TracedBatch.PostingOf(bytes) });
            Assert.Equal(BatchRefusal.OtherBatch, verifier.Verify(asked, proof!).Refusal);
            BatchStatement lie = proof!.Statement with { Chunks = ChunkCommitment.HashesOf(bytes), Head = bytes.AsMemory(0, proof.Statement.Head.Length) };
            Assert.Equal(asked, lie.Asked());
            BatchResult refused = verifier.Verify(asked, proof with { Statement = lie });
            Assert.Equal(at < proof.Statement.Head.Length && refused.Refusal != BatchRefusal.Proofs ? refused.Refusal : BatchRefusal.Proofs, refused.Refusal);
            Assert.False(refused.IsValid);
        }
    }

    /// <summary>One thing of a proof altered, and all that a stranger could do with whole proofs.</summary>
    [Fact]
    public async Task Proof_ThatWasAltered_IsRefused()
    {
        ReadOnlyMemory<byte> bytes = await s_proof.Value;
        Assert.True(BatchProof.TryRead(bytes, out BatchProof? proof));
        BatchStatement s = proof!.Statement;
        ProofStatement asked = s.Asked();
        BatchVerifier<Permutation> verifier = NewVerifier();
        BatchExit exit = s.Exits[0];
        Refuse(BatchRefusal.OtherEnd, proof with { Statement = s with { Exits = [exit with { Amount = exit.Amount + 1 }, .. s.Exits.Skip(1)] } });
        Refuse(BatchRefusal.OtherEnd, proof with { Statement = s with { Payloads = [.. s.Payloads.Select(payload => payload with { Bytes = new byte[] { 1 } })] } });
        Refuse(BatchRefusal.Proofs, proof with { Statement = s with { Payloads = [.. s.Payloads.Select(payload => payload with { Asked = 0 })] } });
        Refuse(BatchRefusal.ForcedItem, proof with { Claims = [new ForcedClaim()] });
        Refuse(BatchRefusal.Proofs, proof with { Proofs = [proof.Proofs[0], proof.Proofs[2], proof.Proofs[1]] });
        Refuse(BatchRefusal.Proofs, proof with { Proofs = [proof.Proofs[0], proof.Proofs[1], proof.Proofs[1]] });
        Refuse(BatchRefusal.WrongOrder, proof with { Boundaries = [proof.Boundaries[0], proof.Boundaries[2], proof.Boundaries[1]] });
        Refuse(BatchRefusal.Proofs, proof with { Boundaries = [proof.Boundaries[0], proof.Boundaries[2], proof.Boundaries[2]] });
        // Where what is asked follows the lie.
        BatchStatement other = s with { Exits = [exit with { Amount = exit.Amount + 1 }, .. s.Exits.Skip(1)] }, later = s with { Time = s.Time + 1 }, root = s with { RootAfter = s.RootBefore };
        foreach (BatchStatement lie in (BatchStatement[])[other, later, root]) Assert.Equal(BatchRefusal.Proofs, verifier.Verify(lie.Asked(), proof with { Statement = lie }).Refusal);
        byte[] flipped = bytes.ToArray();
        for (int at = flipped.Length - 1; at > 0; at -= flipped.Length / 12)
        {
            flipped[at] ^= 4;
            Assert.False(verifier.Verify(asked, flipped).IsValid);
            flipped[at] ^= 4;
        }
        Assert.True(verifier.Verify(asked, flipped).IsValid);

        void Refuse(BatchRefusal refusal, BatchProof lie) => Assert.Equal(refusal, verifier.Verify(asked, lie).Refusal);
    }

    [Fact]
    public async Task Prove_WhatItCannot_SaysWhy()
    {
        Prover prover = new(TracedBatch.BatchRules);
        ProverInput input = s_batch.Value.Input();
        await Throws("bytes of a prover's input", new byte[] { 1, 2, 3 });
        await Throws("setup", Write(input with { Setup = default }));
        await Throws("WrongSignature", Write(input with { Signatures = [] }));
        await Throws("OtherSource", Write(input with { Source = default }));
        byte[] signature = input.Signatures[0].Sender.ToArray();
        signature[^40] ^= 1;
        await Throws("lead", Write(input with { Signatures = [new(signature, default), .. input.Signatures.Skip(1)] }));
        Prover small = new(TracedBatch.BatchRules) { MemoryBudget = 1 << 20 };
        var failure = await Assert.ThrowsAsync<InsufficientMemoryException>(async () => await small.ProveAsync(Write(input), null, TestContext.Current.CancellationToken));
        Assert.Matches("at least [0-9]{8,9} bytes.*got 1048576", failure.Message);

        async Task Throws(string reason, ReadOnlyMemory<byte> bytes)
        {
            var thrown = await Assert.ThrowsAnyAsync<ArgumentException>(async () => await prover.ProveAsync(bytes, null, TestContext.Current.CancellationToken));
            Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>Bytes with a fault: their payments are none, forced items stand. All tables of each; and one is proven.</summary>
    [Fact]
    public async Task Bytes_WithAFault_AreProvenToBeNone()
    {
        TracedBatch forced = TracedBatch.ForcedAlone();
        byte[] good = s_batch.Value.Input().Source.ToArray(), head = [.. good[..2], .. forced.Input().RootBefore.Span], longer = [.. head, 0x81, 0x80, 1, .. new byte[120_000]];
        List<byte[]> faults =
        [
            [], [1], [2, 3], [2, 4, .. head[2..], 0], head, [.. head, 5], [.. head, 0, 7], [.. head, 2, 1, 2, 8], [.. head, 1, 0x80], [.. head, 1, 0x80, 0], [.. head, 2, 1, 2, 8, 1, 2, 80], [.. head, 3, 1, 2, 8, 1, 0, 8, 1, 2, 8],
            [2, 3, .. new byte[32], 0], [.. head, 0x81, 0x80, 1], longer, [.. head, 0x80, 0x80, 4, .. new byte[200_000]],
        ];
        foreach (byte[] source in faults) Assert.False(Check(forced.Faulty(source), forced).IsLive);
        ProverInput last = forced.Faulty(faults[^6]);
        ReadOnlyMemory<byte> proof = await new Prover(TracedBatch.BatchRules).ProveAsync(Write(last), null, TestContext.Current.CancellationToken);
        BatchResult result = NewVerifier().Verify(forced.Asked(last), proof);
        Assert.True(result.IsValid, $"{result}");
        Assert.True(BatchProof.TryRead(proof, out BatchProof? read));
        Assert.Equal(BatchRefusal.WrongVerdict, NewVerifier().Verify(forced.Asked(last), read! with { Statement = read.Statement with { IsLive = true } }).Refusal);
    }

    /// <summary>Some steps of a batch, in segments that are executed and others that are read alone: whatever begins and ends where.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 20)]
    [InlineData(3, 9)]
    [InlineData(5, 6)]
    [InlineData(7, 1 << 20)]
    [InlineData(12, 15)]
    public void Steps_OfABatch_AreExecutedAlone(int from, int to)
    {
        foreach (TracedBatch batch in (TracedBatch[])[s_batch.Value, s_forced.Value])
        {
            if (from > batch.Steps.Count) continue;
            foreach (int segmentSteps in (int[])[4, 1 << 13])
            {
                BatchStatement statement = Check(batch.Input(segmentSteps) with { Steps = ((ulong)from, (ulong)to) }, batch);
                Assert.Equal((from > 0 || to <= batch.Steps.Count, true), (statement.Part is not null, statement.IsLive));
            }
        }
    }

    [Fact]
    public async Task Steps_OfABatch_AreProven()
    {
        TracedBatch batch = s_forced.Value;
        ProverInput input = batch.Input() with { Steps = (9, 11) };
        ReadOnlyMemory<byte> bytes = await new Prover(TracedBatch.BatchRules).ProveAsync(Write(input), null, TestContext.Current.CancellationToken);
        ProofStatement asked = batch.Asked(input);
        BatchVerifier<Permutation> verifier = NewVerifier();
        BatchResult result = verifier.Verify(asked, bytes);
        Assert.True(result.IsValid, $"{result}");
        Assert.True(BatchProof.TryRead(bytes, out BatchProof? proof));
        BatchStatement s = proof!.Statement;
        BatchPart part = s.Part!.Value;
        Assert.Equal((9ul, 11ul, false), (part.From, part.To, part.IsEnd));
        Assert.Equal(BatchRefusal.Steps, verifier.Verify(asked with { From = 8 }, bytes).Refusal);
        Assert.Equal(BatchRefusal.Steps, verifier.Verify(asked with { From = 0, To = 0 }, bytes).Refusal);
        Assert.Equal(BatchRefusal.OtherEnd, verifier.Verify(asked with { FinalLeaf = asked.StartLeaf }, bytes).Refusal);
        // Other steps are said to lead from the one leaf to the other, or these from elsewhere: where what is asked follows the lie.
        BatchStatement[] lies =
        [
            s with { Part = part with { From = 8 } }, s with { Part = part with { To = 10 } }, s with { Part = part with { To = 1 << 20, IsEnd = true } }, s with { Part = part with { RootBefore = s.RootBefore } },
            s with { Part = part with { Exits = part.Exits - 1 } }, s with { Part = part with { From = 0, RootBefore = s.RootBefore, Exits = 0 } }, s with { Part = null },
        ];
        foreach (BatchStatement lie in lies) Assert.False(verifier.Verify(lie.Asked(), proof with { Statement = lie }).IsValid);
    }

    /// <summary>Bytes that are not read: elsewhere, withheld, or too many.</summary>
    [Fact]
    public async Task Bytes_ThatAreNotRead_AreNone()
    {
        TracedBatch forced = TracedBatch.ForcedAlone();
        ProverInput none = forced.Faulty([]);
        ProverInput withheld = none with { Posting = none.Posting with { IsWithheld = true, Data = TracedBatch.Setup } };
        ReadOnlyMemory<byte> proof = await new Prover(TracedBatch.BatchRules).ProveAsync(Write(withheld), null, TestContext.Current.CancellationToken);
        ProofStatement asked = forced.Asked(withheld);
        Assert.Equal(BatchRefusal.NotWithheld, NewVerifier().Verify(asked, proof).Refusal);
        BatchRules told = TracedBatch.BatchRules with { IsWithheld = head => head == asked.BatchHead };
        Assert.True(new BatchVerifier<Permutation>(told, BatchKeys.Of<Cells>(TracedBatch.Exponent)).Verify(asked, proof).IsValid);
        Check(none with { Posting = none.Posting with { Kind = SourceKind.Blobs, Data = TracedBatch.Setup } }, forced);
        Check(none with { Posting = none.Posting with { IsWithheld = true, Data = TracedBatch.Setup } }, forced);
        (ulong Length, Digest32 Chunks) unfit = (1ul << 40, TracedBatch.Setup);
        Check(none with { Posting = none.Posting with { Unfit = unfit, Data = ChunkCommitment.Commit(unfit.Length, unfit.Chunks) } }, forced);
    }

    private static BatchStatement Check(ProverInput input, TracedBatch batch)
    {
        Assert.Equal(TracerResult.Ok, Tracer.TryOpen(input, TracedBatch.BatchRules, out Tracer? tracer));
        BatchStatement statement = tracer!.Statement;
        ProofStatement asked = batch.Asked(input);
        Assert.Equal(statement.Part is null ? asked with { From = 0, To = 0 } : asked, statement.Asked());
        BatchKeys keys = BatchKeys.Of<Cells>(TracedBatch.Exponent);
        BatchRules rules = TracedBatch.BatchRules with { IsWithheld = _ => true };
        List<SegmentBoundary> boundaries = [];
        List<ProofTables> segments = [];
        for (int segment = 1; segment <= tracer.Segments; segment++)
        {
            segments.Add(tracer.Segment(segment, out SegmentBoundary start, out SegmentBoundary end));
            if (segment == 1) boundaries.Add(start);
            boundaries.Add(end);
        }
        BatchProof proof = new(statement, boundaries, tracer.Claims, [.. boundaries.Select(_ => BatchVerifierTests.Dummy)]);
        Assert.Equal(BatchRefusal.Valid, BatchChecks.Check(batch.Asked(input), statement, rules, input.Setup, out PostedHead head).Refusal);
        Assert.True(new ForcedMessages<Permutation>(rules).TryTell(statement, tracer.Claims, statement.IsLive ? head.Count : 0, out ExecutedPart executed, out _));
        Assert.Equal(BatchRefusal.Valid, BatchChecks.Check(proof, rules, head, executed).Refusal);
        List<TraceChecker<F>> checkers = [Add(keys.Tree, tracer.Tree())];
        for (int segment = 1; segment <= tracer.Segments; segment++)
        {
            ProofTables tables = segments[segment - 1];
            Assert.Equal(TableValues.OfSegment(keys.Segment.Airs, proof, (uint)BatchChecks.LengthRead(statement, rules), segment, executed).Select(Text), tables.PublicValues.Select(Text));
            checkers.Add(Add(keys.Segment, tables));
        }
        foreach (TraceChecker<F> checker in checkers) AssertNone(checker.Faults(BatchCircuit<Cells>.Between));
        AssertNone(TraceChecker<F>.Faults(checkers, BatchCircuit<Cells>.Between));
        return statement;

        static string Text(F[] values) => string.Join(' ', values.Select(value => value.ToUInt32()));
    }

    private static TraceChecker<F> Add(ProofKey key, ProofTables tables)
    {
        TraceChecker<F> checker = new(64);
        for (int i = 0; i < key.Airs.Count; i++) checker.Add(key.Airs[i], tables.Traces[i], tables.PublicValues[i]);
        foreach (PublicMessage<F> message in tables.Messages) checker.Post(message.Bus, message.Direction, F.One, message.Elements.Span);
        return checker;
    }

    private static void AssertNone(IReadOnlyList<TraceFault> faults) => Assert.True(faults.Count == 0, string.Join('\n', faults.Take(30)));

    private static BatchVerifier<Permutation> NewVerifier() => new(TracedBatch.BatchRules, BatchKeys.Of<Cells>(TracedBatch.Exponent));

    private static byte[] Write(ProverInput input)
    {
        var bytes = new ArrayBufferWriter<byte>();
        input.Write(bytes);
        return bytes.WrittenSpan.ToArray();
    }
}
