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
    [InlineData("instance", "90f1378dd3b4adf0b407d08a2b8a3f54ffd3c8f2697e5d3cf11c9215385c7a2c")]
    [InlineData("statements", "c7bdaf5524336f77254b6fcf8ecaa14a8b6ee2b5cf8c49a4d4c79aa92273d6f9")]
    [InlineData("header", "6debeedc7380dedbb6bdd71728e8ed25390edfb168a65fbe616374d95c397537")]
    [InlineData("header hash", "a03c5d9ad33a2c4a346a8e5b85aaf7bc48edf60d174393081a1c51b7fbc61114")]
    [InlineData("block", "787a51d617b2fe750220b73025a360a7a1ec8a82432bab85f47cc097a5909264")]
    [InlineData("certificate", "958bb1a2281fb7151ec88f54db05478b2db34a151ff0808b9e9bda78f157f582")]
    [InlineData("evidence", "7f4c421c053784a8cf020286044ef6ec6f5ce6eaa21083b23201e2bb760c0ade")]
    [InlineData("messages", "088618a84a5a4421dceceb1ab53c20dcd6bac113a9ecb26e7aaaeb272b10283f")]
    [InlineData("records", "d456663bdedfcb398224ee985aa0e2b8679aca2f342affa1bee753b50d983839")]
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
