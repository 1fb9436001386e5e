using System.Security.Cryptography;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Attesting;

public class AttestationTests
{
    private const string Frozen = "2284ae31f46ad4a6ab59e0b2743fa1413fc71889165ec65f2fa012fa72369872";

    private static readonly Attestation s_statement = new(TestNetwork.ChainId, new ShardId(4), 9, 100, 104, TestNetwork.Key(1), TestNetwork.Key(2), TestNetwork.Key(3));

    private static readonly Committee s_committee = new(new ShardId(4), 9, [.. Enumerable.Range(0, 10).Select(i => new CommitteeMember(TestNetwork.Wallet(i).PublicKey, 1 + i % 3))]);

    [Fact]
    public void Verify_Quorum_IsValidAndAnythingElseIsNamed()
    {
        var verifier = new TestVerifier();
        Assert.Equal(13, s_committee.Quorum);
        AttestationCertificate good = Signed(s_statement, [0, 1, 2, 4, 5, 7, 8]);
        Assert.Equal(AttestationResult.Valid, good.Verify(s_committee, verifier));
        Assert.Equal(7, good.Signers);
        Assert.Equal(AttestationResult.TooFewSeats, Signed(s_statement, [0, 1, 2, 3, 4, 5]).Verify(s_committee, verifier));
        Assert.Equal(AttestationResult.WrongCommittee, Signed(s_statement with { Epoch = 8 }, [1, 2, 4, 5, 7, 8]).Verify(s_committee, verifier));
        Assert.Equal(AttestationResult.WrongCommittee, Signed(s_statement with { Shard = new ShardId(5) }, [1, 2, 4, 5, 7, 8]).Verify(s_committee, verifier));
        byte[] bytes = TestNetwork.Encode(good.Write);
        // Every bit of the statement is signed, and every bit of the signatures counts.
        for (int at = 1; at < bytes.Length; at++)
        {
            byte[] forged = [.. bytes];
            forged[at] ^= 1;
            if (AttestationCertificate.TryRead(forged, out AttestationCertificate? certificate) != ReadResult.Ok) continue;
            Assert.NotEqual(AttestationResult.Valid, certificate!.Verify(s_committee, verifier));
        }
    }

    [Fact]
    public void TryRead_HostileBytes_NeverThrowsAndIsCanonical()
    {
        byte[] sample = TestNetwork.Encode(Signed(s_statement, [1, 3, 9]).Write);
        HostileBytes.Feed([sample], bytes =>
        {
            if (AttestationCertificate.TryRead(bytes, out AttestationCertificate? certificate) == ReadResult.Ok)
                Assert.Equal(bytes.ToArray(), TestNetwork.Encode(certificate!.Write));
        });
        for (int length = 0; length < sample.Length; length++) Assert.Equal(ReadResult.Truncated, AttestationCertificate.TryRead(sample.AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, AttestationCertificate.TryRead([.. sample, 0], out _));
        string actual = Convert.ToHexStringLower(SHA256.HashData([.. sample, .. s_statement.SigningDigest.Span]));
        Assert.True(Frozen == actual, $"Expected {Frozen}, got {actual}.");
    }

    [Fact]
    public void Assemble_WrongParts_Throws()
    {
        byte[] signature = new byte[65];
        Assert.Throws<ArgumentException>(() => AttestationCertificate.Assemble(s_statement, 0, []));
        Assert.Throws<ArgumentException>(() => AttestationCertificate.Assemble(s_statement, 3, [(3, signature)]));
        Assert.Throws<ArgumentException>(() => AttestationCertificate.Assemble(s_statement, 3, [(1, signature), (1, signature)]));
        Assert.Throws<ArgumentException>(() => AttestationCertificate.Assemble(s_statement, 3, [(1, new byte[64])]));
    }

    private static AttestationCertificate Signed(Attestation statement, int[] members) => AttestationCertificate.Assemble(statement, 10, [.. members.Select(i =>
    {
        var signature = new byte[65];
        TestNetwork.Wallet(i).Sign(statement.SigningDigest.Span, signature);
        return (i, (ReadOnlyMemory<byte>)signature);
    })]);
}
