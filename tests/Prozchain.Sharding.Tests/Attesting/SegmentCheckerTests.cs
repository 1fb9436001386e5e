using System.Security.Cryptography;
using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Attesting;

public sealed class SegmentCheckerTests : IDisposable
{
    private const string Frozen = "49c797571943eb5e401ca313f3a361d8cfc9088817cba11a748f695fd4119e71";

    private readonly SegmentSample _sample = new();

    [Fact]
    public void Check_HandedOut_GivesWhatTheHeadersState()
    {
        SegmentResult result = _sample.Checker.Check(_sample.Segment);
        Assert.Equal(SegmentFault.None, result.Fault);
        Assert.True(result.Transactions > 5, $"Expected transactions, got {result.Transactions}.");
        Assert.Equal(_sample.Segment.Statement.PostRoot, result.Own.StateRoot);
        Assert.Equal(_sample.Bytes, TestNetwork.Encode(_sample.Segment.Write));
        Assert.Equal(CertificateResult.Valid, _sample.Segment.Seal.Verify(_sample.Orderers.Instance, _sample.Orderers.Scheme));
    }

    [Fact]
    public void Write_KnownSegment_IsFrozen()
    {
        MicroHeader first = Header(1, TestNetwork.Key(1)), seal = Header(2, first.Hash, TestNetwork.Key(2));
        var certificate = new OrderingCertificate(OrderingVoteKind.Finalize, seal.View, seal.Hash, new byte[] { 1, 2, 3 });
        var segment = new SegmentWitness(FinalityProof.Of([seal], certificate), null, [new MicroBlock(first, default)], TestNetwork.State(), TestNetwork.Key(3), new byte[] { 0, 1, 0 });
        byte[] bytes = TestNetwork.Encode(InvalidTransitionEvidence.Of(segment, new SegmentResult(SegmentFault.WrongStateRoot, 0, default, 0)).Write);
        Assert.Equal(ReadResult.Ok, InvalidTransitionEvidence.TryRead(bytes, out _));
        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.True(Frozen == actual, $"Expected {Frozen}, got {actual}.");

        static MicroHeader Header(ulong height, Digest parent, Digest state = default) => new()
        {
            Kind = MicroBlockKind.Ordinary, ChainId = 7, Shard = new ShardId(3), Epoch = 1, Instance = TestNetwork.Key(4), View = height, ParentView = height - 1, Height = height, Parent = parent,
            TimeMs = 5, BodyRoot = MicroBlock.RootOf([]), BodyLength = 0, ReceiptsRoot = TestNetwork.Key(5), WriteDigest = TestNetwork.Key(6), StateRoot = state,
        };
    }

    [Fact]
    public void Check_WitnessOfMoreOrLess_IsNamed()
    {
        SegmentWitness segment = _sample.Segment;
        Assert.Equal(SegmentFault.BadWitness, Check(segment.Witness[..^1].ToArray()));
        Assert.Equal(SegmentFault.BadWitness, Check([.. segment.Witness.Span, 0]));
        Assert.Equal(SegmentFault.BadWitness, Check(new byte[WitnessStore.MaxBytes + 1]));
        // Of the root alone: nothing that the blocks touch.
        ShardInfo shard = _sample.Checker.Machine.Shard;
        Assert.Equal(ProofResult.Valid, WitnessStore.TryOpen(segment.Witness.Span, segment.Cells, shard.Prefix, shard.Depth, out WitnessStore? store));
        Assert.Equal(SegmentFault.MissingCell, Check(TestNetwork.Encode(output => store!.WriteWitness([], [], output))));
        // Blocks that touch nothing, with the same witness, show too much.
        var empty = new SegmentWitness(segment.Seal, null, [segment.Blocks[0]], segment.Before, segment.Cells, segment.Witness);
        Assert.NotEqual(SegmentFault.None, _sample.Checker.Check(empty).Fault);

        SegmentFault Check(byte[] witness) => _sample.Checker.Check(new SegmentWitness(segment.Seal, null, [.. segment.Blocks], segment.Before, segment.Cells, witness)).Fault;
    }

    [Fact]
    public void Check_WitnessOfCellsThatNoBlockTouches_IsNamed()
    {
        SegmentWitness first = _sample.First;
        StateWrite[] genesis = _sample.Genesis();
        ShardInfo shard = _sample.Checker.Machine.Shard;
        using var cells = new HeapTrieStore(1 << 20, shard.Prefix, shard.Depth);
        cells.Stage(genesis);
        cells.Commit();
        Assert.Equal(first.Cells, cells.Root);
        Assert.Equal(SegmentFault.None, _sample.Checker.Check(first).Fault);
        // Valid against the root, and more than the blocks need.
        byte[] oversized = TestNetwork.Encode(output => cells.WriteWitness([.. genesis.Select(cell => cell.Key)], [], output));
        Assert.True(oversized.Length > first.Witness.Length);
        SegmentResult result = _sample.Checker.Check(new SegmentWitness(first.Seal, null, [.. first.Blocks], first.Before, first.Cells, oversized));
        Assert.Equal((SegmentFault.UnusedCell, false), (result.Fault, result.IsInvalidTransition));
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndNeverChecksOut()
    {
        int read = 0;
        HostileBytes.Feed([_sample.Bytes], bytes =>
        {
            if (SegmentWitness.TryRead(bytes, out SegmentWitness? segment) != ReadResult.Ok) return;
            Assert.Equal(bytes.ToArray(), TestNetwork.Encode(segment!.Write));
            if (bytes.SequenceEqual(_sample.Bytes)) return;
            read++;
            if (segment.Seal.Verify(_sample.Orderers.Instance, _sample.Orderers.Scheme) != CertificateResult.Valid) return;
            // An attester looks at the attestation before apart: it may be left out or broken.
            if (segment.Previous is null == _sample.Segment.Previous is null && _sample.Checker.Check(segment) is { Fault: SegmentFault.None }) Assert.Equal(_sample.Segment.Statement, segment.Statement);
            else Assert.False(_sample.Checker.Check(segment).IsInvalidTransition);
        }, 3_000);
        Assert.True(read > 20, $"Expected some that read, got {read}.");
        Assert.Equal(ReadResult.TooLarge, SegmentWitness.TryRead(new byte[SegmentWitness.MaxBytes + 1], out _));
    }

    [Fact]
    public void Check_CertifiedLies_AreNamedProvenAndConvict()
    {
        SegmentWitness segment = _sample.Segment;
        int last = segment.Blocks.Count - 1;
        MicroBlock block = segment.Blocks[last];
        // Money from nowhere: a body that no valid block has, under a certificate of the whole committee.
        byte[] body = new byte[40];
        MicroHeader madeUp = SegmentSample.With(block.Header, bodyRoot: MicroBlock.RootOf(body), bodyLength: body.Length);
        (SegmentFault Fault, SegmentWitness Lie)[] lies =
        [
            (SegmentFault.WrongReceiptsRoot, _sample.Certify(seal => SegmentSample.With(seal, receipts: TestNetwork.Key(9)))),
            (SegmentFault.WrongWriteDigest, _sample.Certify(seal => SegmentSample.With(seal, writes: TestNetwork.Key(9)))),
            (SegmentFault.WrongStateRoot, _sample.Certify(seal => SegmentSample.With(seal, state: TestNetwork.Key(9)))),
            (SegmentFault.InvalidBody, _sample.Certify(seal => SegmentSample.With(seal, parent: madeUp.Hash), [.. segment.Blocks.Take(last), new MicroBlock(madeUp, body)])),
        ];
        foreach ((SegmentFault fault, SegmentWitness lie) in lies)
        {
            SegmentResult result = _sample.Checker.Check(lie);
            Assert.Equal((fault, last), (result.Fault, result.Block));
            InvalidTransitionEvidence evidence = InvalidTransitionEvidence.Of(lie, result);
            Assert.True(evidence.Verify(_sample.Orderers, _sample.Checker));
            Assert.False(evidence.Convicts(_sample.Orderers, 0));
            evidence = evidence.With(_sample.Certificate(OrderingVoteKind.Notarize, evidence.Header, 0, 1, 3));
            byte[] proof = TestNetwork.Encode(evidence.Write);
            Assert.Equal(ReadResult.Ok, InvalidTransitionEvidence.TryRead(proof, out InvalidTransitionEvidence? read));
            Assert.True(read!.Verify(_sample.Orderers, _sample.Checker));

            var auditor = new TransitionAuditor<TransferTransition>(_sample.Committees, (_, _) => _sample.Checker, new NoAuditor());
            MicroHeader header = segment.Seal.Header;
            for (int member = 0; member < SegmentSample.Validators; member++)
            {
                ReadOnlyMemory<byte> key = _sample.Orderers.Instance.Committee.Members[member].PublicKey;
                Assert.Equal(member != 2, auditor.Contradicts(key.Span, header.Shard.Value, header.Epoch, proof));
                Assert.False(auditor.Contradicts(key.Span, header.Shard.Value, header.Epoch + 1, proof));
                Assert.Equal(Offence.Contradiction, FaultEvidence.Contradiction(key, header.Shard, header.Epoch, proof, Address.FromPublicKey(key.Span)).Offence);
            }
        }
    }

    [Fact]
    public void Verify_EvidenceAgainstTheHonest_ProvesNothing()
    {
        SegmentWitness segment = _sample.Segment;
        var honest = InvalidTransitionEvidence.Of(segment, new SegmentResult(SegmentFault.WrongStateRoot, segment.Blocks.Count - 1, default, 0));
        Assert.False(honest.Verify(_sample.Orderers, _sample.Checker));
        // A lie that nobody certified.
        SegmentWitness lie = _sample.Certify(seal => SegmentSample.With(seal, state: TestNetwork.Key(9)));
        var uncertified = new SegmentWitness(
            FinalityProof.Of([lie.Seal.Header], _sample.Certificate(OrderingVoteKind.Finalize, lie.Seal.Header, 0, 1)), null, [.. lie.Blocks], lie.Before, lie.Cells, lie.Witness);
        Assert.False(InvalidTransitionEvidence.Of(uncertified, _sample.Checker.Check(uncertified)).Verify(_sample.Orderers, _sample.Checker));
        // A witness with holes accuses nobody.
        var holes = new SegmentWitness(segment.Seal, null, [.. segment.Blocks], segment.Before, segment.Cells, new byte[] { 0, 1, 0 });
        Assert.False(_sample.Checker.Check(holes).IsInvalidTransition);
        byte[] proof = TestNetwork.Encode(InvalidTransitionEvidence.Of(lie, _sample.Checker.Check(lie)).Write);
        HostileBytes.Feed([proof], bytes =>
        {
            if (InvalidTransitionEvidence.TryRead(bytes, out InvalidTransitionEvidence? read) == ReadResult.Ok) Assert.Equal(bytes.ToArray(), TestNetwork.Encode(read!.Write));
        }, 2_000);
        Assert.Throws<ArgumentException>(() => InvalidTransitionEvidence.Of(segment, _sample.Checker.Check(segment)));
    }

    public void Dispose() => _sample.Dispose();
}
