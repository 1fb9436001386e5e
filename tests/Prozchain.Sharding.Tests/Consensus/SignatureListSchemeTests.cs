using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Consensus;

public class SignatureListSchemeTests
{
    private readonly OrderingWorld _world = new(new SeededRandom(1), 10);

    private CertificateShare[] Shares(params int[] members) =>
        [.. members.Select(i => (i, Share: new byte[65])).Select(pair => { _world.SchemeOf(pair.i).SignShare(_message, pair.Share); return new CertificateShare(pair.i, pair.Share); })];

    private readonly byte[] _message = new byte[32];

    [Fact]
    public void Verify_CombinedShares_CountsTheirSeats()
    {
        SignatureListScheme scheme = _world.SchemeOf(-1);
        CertificateShare[] shares = Shares(0, 3, 9);
        var certificate = new byte[scheme.Sizes.MaxCertificate];
        int length = scheme.Combine(_message, shares, certificate);
        Assert.True(scheme.VerifyShares(_message, shares));
        Assert.Equal(3, scheme.Verify(_message, certificate.AsSpan(0, length)));
        Assert.Equal(0, scheme.Verify(_message, certificate.AsSpan(0, length - 1)));
        Assert.Equal(0, scheme.Verify(new byte[] { 1 }, certificate.AsSpan(0, length)));
        var other = new byte[32];
        other[5] = 1;
        Assert.Equal(0, scheme.Verify(other, certificate.AsSpan(0, length)));
        certificate[1] |= 0x80; // a member that is none
        Assert.Equal(0, scheme.Verify(_message, certificate.AsSpan(0, length)));
    }

    [Fact]
    public void Combine_Disorder_Throws()
    {
        SignatureListScheme scheme = _world.SchemeOf(-1);
        CertificateShare[] shares = Shares(3, 0);
        Assert.Throws<ArgumentException>(() => scheme.Combine(_message, shares, new byte[scheme.Sizes.MaxCertificate]));
        Assert.Throws<ArgumentException>(() => scheme.Combine(_message, shares, new byte[10]));
        Assert.Throws<InvalidOperationException>(() => scheme.SignShare(_message, new byte[65]));
    }

    [Fact]
    public void Verify_HostileBytes_NeverThrows()
    {
        SignatureListScheme scheme = _world.SchemeOf(-1);
        var certificate = new byte[scheme.Sizes.MaxCertificate];
        int length = scheme.Combine(_message, Shares(0, 1, 2, 3, 4, 5, 6), certificate);
        int held = 0;
        HostileBytes.Feed([certificate[..length]], bytes => held += scheme.Verify(_message, bytes) > 0 ? 1 : 0, 20_000);
        Assert.InRange(held, 0, 5_000); // mutations that cancel out leave it whole
    }

    [Fact]
    public void Add_ForgedAmongAQuorum_AreFoundAndTheRestWaits()
    {
        var book = new VoteBook(_world.Instance, _world.SchemeOf(-1)) { Accuse = _ => Assert.Fail("Expected no evidence.") };
        Digest subject = TestNetwork.Key(3);
        OrderingCertificate? certificate = null;
        for (int member = 0; member < 9; member++)
        {
            Assert.Null(certificate);
            byte[] share = ShareOf(member, OrderingVoteKind.Notarize, 5, subject);
            if (member is 2 or 6) share[7] ^= 1;
            Assert.True(book.Add(new VoteView(OrderingVoteKind.Notarize, 5, member, subject, share), VoteOrigin.Direct, out certificate));
        }
        Assert.NotNull(certificate);
        Assert.Equal(CertificateResult.Valid, certificate.Verify(_world.Instance, _world.SchemeOf(-1)));
        Assert.Equal([0, 0, 1, 0, 0, 0, 1, 0, 0, 0], book.Forged);
        // What somebody else says in a member's name takes nobody's place.
        Assert.False(book.Add(new VoteView(OrderingVoteKind.Notarize, 6, 1, subject, new byte[65]), VoteOrigin.Relayed, out _));
        Assert.True(book.Add(new VoteView(OrderingVoteKind.Notarize, 6, 1, subject, ShareOf(1, OrderingVoteKind.Notarize, 6, subject)), VoteOrigin.Relayed, out _));
    }

    [Theory]
    [InlineData(OrderingVoteKind.Notarize, 5, OrderingVoteKind.Notarize, 5, true)]
    [InlineData(OrderingVoteKind.Finalize, 5, OrderingVoteKind.Finalize, 5, true)]
    [InlineData(OrderingVoteKind.Nullify, 5, OrderingVoteKind.Finalize, 7, true)]
    [InlineData(OrderingVoteKind.Finalize, 5, OrderingVoteKind.Nullify, 5, true)]
    [InlineData(OrderingVoteKind.Finalize, 5, OrderingVoteKind.Nullify, 6, false)]
    [InlineData(OrderingVoteKind.Nullify, 8, OrderingVoteKind.Finalize, 9, false)]
    [InlineData(OrderingVoteKind.Notarize, 5, OrderingVoteKind.Nullify, 5, false)]
    [InlineData(OrderingVoteKind.Notarize, 5, OrderingVoteKind.Notarize, 6, false)]
    public void Add_TwoVotesOfOneMember_EvidenceIfTheyContradict(OrderingVoteKind first, ulong firstView, OrderingVoteKind second, ulong secondView, bool contradict)
    {
        var found = new List<VoteEvidence>();
        var book = new VoteBook(_world.Instance, _world.SchemeOf(-1)) { Accuse = found.Add };
        OrderingVote one = Vote(first, firstView, 1), other = Vote(second, secondView, 2);
        foreach (OrderingVote vote in (OrderingVote[])[one, other])
            Assert.True(book.Add(new VoteView(vote.Kind, vote.View, vote.Member, vote.Subject, vote.Share.Span), VoteOrigin.Direct, out _));
        Assert.Equal(contradict ? 1 : 0, found.Count);
        var evidence = VoteEvidence.Of(_world.Instance, one, other);
        Assert.Equal(contradict ? EvidenceResult.Valid : EvidenceResult.NoContradiction, evidence.Verify(_world.Instance, _world.SchemeOf(-1)));
        if (!contradict) return;
        Assert.Equal(TestNetwork.Encode(evidence.Write), TestNetwork.Encode(found[0].Write));
        var stranger = new OrderingWorld(new SeededRandom(2), 10);
        Assert.Equal(EvidenceResult.WrongInstance, evidence.Verify(stranger.Instance, stranger.SchemeOf(-1)));
        var forged = VoteEvidence.Of(_world.Instance, one, other with { Share = one.Share });
        Assert.Equal(EvidenceResult.BadSignature, forged.Verify(_world.Instance, _world.SchemeOf(-1)));
    }

    private OrderingVote Vote(OrderingVoteKind kind, ulong view, int block)
    {
        Digest subject = kind == OrderingVoteKind.Nullify ? default : TestNetwork.Key(block);
        return new OrderingVote(kind, view, 4, subject, ShareOf(4, kind, view, subject));
    }

    private byte[] ShareOf(int member, OrderingVoteKind kind, ulong view, in Digest subject)
    {
        var share = new byte[65];
        _world.SchemeOf(member).SignShare(_world.Instance.MessageFor(kind, view, subject).Span, share);
        return share;
    }
}
