using Prozchain.Sharding.Attesting;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Attesting;

/// <summary>What a committee signed before it was drawn again is believed no more.</summary>
public sealed class RedrawTests : IDisposable
{
    // As ShardWorld draws their keys.
    private const int FirstAttester = 1 << 20;

    private readonly SegmentSample _sample = new();

    [Fact]
    public void Add_HeaderOfTheCommitteeBefore_Refused()
    {
        FinalityProof proof = _sample.Segment.Seal;
        var other = new ShardId(proof.Header.Shard.Value ^ 3);
        Assert.True(new RemoteHeaders(_sample.Committees, other).Add(proof));
        ShardCommittee stale = _sample.Orderers;
        // The same members, drawn again: another run.
        _sample.Committees.Add(stale with { Instance = new OrderingInstance(stale.Instance.ChainId, stale.Instance.Committee, TestNetwork.Key(77).Span) });
        Assert.False(new RemoteHeaders(_sample.Committees, other).Add(proof));
        Assert.Equal(CertificateResult.WrongHeader, proof.Verify(_sample.Orderers.Instance, _sample.Orderers.Scheme));
    }

    [Fact]
    public void Verify_AttestationOfTheCommitteeBefore_RefusedByVotersAndKnownWhenExecutedAgain()
    {
        Attestation statement = _sample.Segment.Statement;
        AttestingCommittee before = _sample.Committees.AttestersOf(statement.Shard, statement.Epoch)[^1];
        int key = Enumerable.Range(FirstAttester, 2).First(seed => new TestSigner(seed).PublicKey.Span.SequenceEqual(before.Committee.Members[0].PublicKey.Span));
        var signature = new byte[65];
        new TestSigner(key).Sign(statement.SigningDigest.Span, signature);
        AttestationCertificate certificate = AttestationCertificate.Assemble(statement, 1, [(0, signature)]);
        Assert.True(new AttestationPool(_sample.Committees, new TestVerifier()).Verify(certificate));

        _sample.Committees.Add(new AttestingCommittee(new Committee(statement.Shard, statement.Epoch, [new CommitteeMember(new TestSigner(9_999).PublicKey, 1)]), before.Peers));
        var pool = new AttestationPool(_sample.Committees, new TestVerifier());
        Assert.False(pool.Verify(certificate));
        Assert.Equal(0UL, pool.HeightOf(statement.Shard));
        Assert.Contains(_sample.Committees.AttestersOf(statement.Shard, statement.Epoch), drawn => certificate.Verify(drawn.Committee, new TestVerifier()) == AttestationResult.Valid);
    }

    public void Dispose() => _sample.Dispose();
}
