using System.Security.Cryptography;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

/// <summary>The formats of docs/formats/sharding-ordering.md are frozen.</summary>
public class OrderingFixtureTests
{
    private static readonly OrderingInstance s_instance = new OrderingWorld(new SeededRandom(21), 5).Instance;

    // A change of any of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    [Theory]
    [InlineData("instance", "bd4aae40eb45e74c936360281e27a1a1963e314b1d5ab8683fe3d5a46a149226")]
    [InlineData("statements", "5302b46d2dbb4334f453f3fccfdb4c2e6059f135a9d6c23076ccadb22c4cb910")]
    [InlineData("header", "41259fc9204c21af54292b2ff1d3db8d4dadf6ba4ce60f55d08581a8d8b1b21e")]
    [InlineData("header hash", "c3f0ff2c41873f9a8f31b265e7d795b33d927bb5a705c1f9792c8332858785e8")]
    [InlineData("block", "b05d7bb3c0b275c7429f46679569d2dd476d3184c11cfdaa6d9018b763d9aa62")]
    [InlineData("certificate", "a96a480f43228fc863ed637d6699d8704cb6dcbf90307064ecc0f48b21dd4071")]
    [InlineData("evidence", "82c445ea7c2ee963667d6f510047450c40d47e8ea2cabb95f87eab276309b4d8")]
    [InlineData("finality proof", "d89697f7c4be2eb29f5c9528061a5e47e7cff276c29941fbc19d5b609fe3cd9c")]
    [InlineData("messages", "cbb0a6f2e049cd2e78dc3baac3e649943951199184989956d3f48a8af5b5b2dc")]
    [InlineData("records", "caced7621f8a1a65b9f993212eb7d8fad1ed46ba66c15175fdc4e7c028870702")]
    public void Write_FixedCases_AreFrozen(string what, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] sample in Samples(what)) hash.AppendData(sample);
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == actual, $"Expected {expected} for {what}, got {actual}.");
    }

    private static List<byte[]> Samples(string what)
    {
        MicroBlock block = Block(), empty = new(block.Header, default);
        var certificate = new OrderingCertificate(OrderingVoteKind.Finalize, 9, block.Hash, Bytes(70));
        var nullify = new OrderingCertificate(OrderingVoteKind.Nullify, 11, default, Bytes(33));
        var child = new MicroHeader
        {
            Kind = MicroBlockKind.Closing, ChainId = block.Header.ChainId, Shard = block.Header.Shard, Epoch = block.Header.Epoch, Instance = s_instance.Id, View = 12,
            ParentView = 9, Height = 0x4143, Parent = block.Hash, TimeMs = block.Header.TimeMs + 5, BodyRoot = MicroBlock.RootOf(default), BodyLength = 0,
            ReceiptsRoot = default, WriteDigest = default, StateRoot = default,
        };
        var writer = new OrderingWriter();
        return what switch
        {
            "instance" => [s_instance.Id.Span.ToArray(), [.. Enumerable.Range(1, 60).Select(view => (byte)s_instance.LeaderOf((ulong)view))]],
            "statements" => [.. Enumerable.Range(1, 3).Select(kind => s_instance.MessageFor((OrderingVoteKind)kind, 0x0102030405, kind == 3 ? default : block.Hash).Span.ToArray())],
            "header" => [TestNetwork.Encode(block.Header.Write)],
            "header hash" => [block.Hash.Span.ToArray()],
            "block" => [TestNetwork.Encode(block.Write)],
            "certificate" => [TestNetwork.Encode(certificate.Write), TestNetwork.Encode(nullify.Write)],
            "evidence" =>
            [
                TestNetwork.Encode(VoteEvidence.Of(s_instance, new OrderingVote(OrderingVoteKind.Notarize, 7, 3, TestNetwork.Key(2), Bytes(65)), new OrderingVote(OrderingVoteKind.Notarize, 7, 3, TestNetwork.Key(1), Bytes(65))).Write),
                TestNetwork.Encode(VoteEvidence.Of(s_instance, new OrderingVote(OrderingVoteKind.Nullify, 5, 3, default, Bytes(65)), new OrderingVote(OrderingVoteKind.Finalize, 7, 3, TestNetwork.Key(1), Bytes(65))).Write),
            ],
            "finality proof" =>
            [
                TestNetwork.Encode(FinalityProof.Of([block.Header], certificate).Write),
                TestNetwork.Encode(FinalityProof.Of([block.Header, child], new OrderingCertificate(OrderingVoteKind.Finalize, 12, child.Hash, Bytes(70))).Write),
            ],
            "messages" =>
            [
                writer.Proposal(block, Bytes(65)).ToArray(), writer.Vote(new VoteView(OrderingVoteKind.Notarize, 9, 3, block.Hash, Bytes(65))).ToArray(),
                writer.Certificate(certificate).ToArray(), writer.WantCertificates(12).ToArray(), writer.WantBlocks(13).ToArray(),
                writer.Blocks(5, certificate, [block, block]).ToArray(), writer.WantBlock(block.Hash, 14).ToArray(), writer.Ancestors([block]).ToArray(),
            ],
            "records" =>
            [
                writer.BlockRecord(block, voted: false).ToArray(), writer.BlockRecord(empty, voted: true).ToArray(),
                writer.VoteRecord(OrderingVoteKind.Finalize, 9, block.Hash).ToArray(), writer.CertificateRecord(certificate).ToArray(),
            ],
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private static MicroBlock Block()
    {
        byte[] body = Bytes(100);
        return new MicroBlock(
            new MicroHeader
            {
                Kind = MicroBlockKind.Terminal, ChainId = 0x1112131415161718, Shard = new ShardId(0x2122232425262728), Epoch = 0x3132333435363738, Instance = s_instance.Id,
                View = 9, ParentView = 7, Height = 0x4142, Parent = TestNetwork.Key(4), TimeMs = 1_700_000_000_123, BodyRoot = MicroBlock.RootOf(body), BodyLength = body.Length,
                ReceiptsRoot = TestNetwork.Key(5), WriteDigest = TestNetwork.Key(6), StateRoot = TestNetwork.Key(7),
            },
            body);
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 3 + length))];
}
