using System.Buffers;
using Prozchain.DataAvailability.Committees;
using Prozchain.DataAvailability.Ports;
using Prozchain.Testing;

namespace Prozchain.DataAvailability.Tests.Committees;

public class CertificateTests
{
    [Theory]
    [InlineData(new ulong[] { 1, 1, 1, 1 }, 3)]
    [InlineData(new ulong[] { 1, 1, 1 }, 3)]
    [InlineData(new ulong[] { 1 }, 1)]
    [InlineData(new ulong[] { 1, 1, 1, 1, 1, 1, 1 }, 5)]
    [InlineData(new ulong[] { 5, 1, 1, 1 }, 2)]
    [InlineData(new ulong[] { 1UL << 60, 1UL << 60, 1UL << 60, 1UL << 60 }, 3)]
    public void Collector_MoreThanTwoThirds_MakesACertificate(ulong[] weights, int needed)
    {
        using var test = new TestCommittees(weights);
        AvailabilityStatement statement = TestCommittees.Statement();
        var collector = new CertificateCollector(test.Committee, statement, test.Verifier);
        for (int i = 0; i < needed; i++)
        {
            Assert.False(collector.TryBuild(out AvailabilityCertificate? early));
            Assert.Null(early);
            Assert.Equal(AttestationResult.Added, collector.Add(test.Sign(i, statement)));
            Assert.Equal(AttestationResult.AlreadyKnown, collector.Add(test.Sign(i, statement)));
        }
        Assert.True(collector.Weight * (UInt128)3 > test.Committee.TotalWeight * (UInt128)2);
        Assert.True(collector.TryBuild(out AvailabilityCertificate? certificate));
        Assert.Equal(CertificateCheck.Valid, certificate!.Verify(test.Committee, test.Verifier));
        byte[] bytes = TestSquares.Encoded(certificate.WriteTo);
        Assert.Equal(ReadResult.Ok, AvailabilityCertificate.TryRead(bytes, out AvailabilityCertificate? read));
        Assert.Equal(CertificateCheck.Valid, read!.Verify(test.Committee, test.Verifier));
        Assert.Equal((needed, statement), (read.Count, read.Statement));
    }

    [Fact]
    public void Collector_WrongAttestations_AreNamedAndCountNothing()
    {
        using var test = new TestCommittees(1, 1, 1, 1);
        using var other = new TestCommittees(1, 1, 1, 2);
        AvailabilityStatement statement = TestCommittees.Statement();
        var collector = new CertificateCollector(test.Committee, statement, test.Verifier);
        Attestation good = test.Sign(0, statement);
        Assert.Equal(AttestationResult.UnknownMember, collector.Add(good with { Member = 4 }));
        Assert.Equal(AttestationResult.UnknownMember, collector.Add(good with { Member = -1 }));
        Assert.Equal(AttestationResult.BadSignature, collector.Add(good with { Member = 1 }));
        Assert.Equal(AttestationResult.BadSignature, collector.Add(good with { Signature = default }));
        Assert.Equal(AttestationResult.BadSignature, collector.Add(good with { Signature = new byte[1000] }));
        Assert.Equal(AttestationResult.BadSignature, collector.Add(test.Sign(0, TestCommittees.Statement(2))));
        // The same keys with other weights are another committee, whose signatures say nothing here.
        Assert.Equal(AttestationResult.BadSignature, collector.Add(other.Sign(0, statement)));
        Assert.Equal((0UL, 0), (collector.Weight, collector.Count));
        Assert.Throws<ArgumentException>(() => Attestation.Sign(test.Committee, statement, new P256Signer(TestSquares.Seed(999))));
    }

    /// <summary>The same members on another chain, or in another epoch, have signed nothing here.</summary>
    [Fact]
    public void Verify_SameMembersInAnotherDomain_IsAnotherCommittee()
    {
        using var test = new TestCommittees(1, 1, 1, 1);
        var elsewhere = new Committee(test.Committee.Members, "epoch 2"u8);
        AvailabilityStatement statement = TestCommittees.Statement();
        var collector = new CertificateCollector(elsewhere, statement, test.Verifier);
        Assert.Equal(AttestationResult.BadSignature, collector.Add(test.Sign(0, statement)));
        Assert.Equal(AttestationResult.Added, collector.Add(Attestation.Sign(elsewhere, statement, test.Signers[0])));
        Assert.Equal(CertificateCheck.WrongCommittee, Certificate(test, statement).Verify(elsewhere, test.Verifier));
        Assert.Throws<ArgumentException>(() => new Committee(test.Committee.Members, new byte[65]));
    }

    [Fact]
    public void Verify_ForgedCertificates_AreNamed()
    {
        using var test = new TestCommittees(1, 1, 1, 1);
        using var other = new TestCommittees(1, 1, 1, 2);
        AvailabilityStatement statement = TestCommittees.Statement();
        byte[] bytes = TestSquares.Encoded(Certificate(test, statement).WriteTo);
        Assert.Equal(CertificateCheck.WrongCommittee, Read(bytes).Verify(other.Committee, test.Verifier));
        byte[] forged = [.. bytes];
        forged[5] ^= 1;
        Assert.Equal(CertificateCheck.BadSignature, Read(forged).Verify(test.Committee, test.Verifier));
        forged = [.. bytes];
        forged[85] = 0b1011;
        Assert.Equal(CertificateCheck.BadSignature, Read(forged).Verify(test.Committee, test.Verifier));
        byte[] two = [.. bytes[..85], 0b0011, .. bytes[86..(86 + 2 * 66)]];
        Assert.Equal(CertificateCheck.TooLittleWeight, Read(two).Verify(test.Committee, test.Verifier));
        HostileBytes.Feed([bytes], mutated =>
        {
            if (AvailabilityCertificate.TryRead(mutated, out AvailabilityCertificate? certificate) != ReadResult.Ok) return;
            Assert.Equal(mutated, TestSquares.Encoded(certificate!.WriteTo));
            if (certificate.Verify(test.Committee, test.Verifier) == CertificateCheck.Valid) Assert.Equal(bytes, mutated);
        }, 3000);
    }

    [Fact]
    public void TryRead_PrefixesAndWrongNumbers_AreNamed()
    {
        using var test = new TestCommittees(1, 1, 1, 1);
        byte[] bytes = TestSquares.Encoded(Certificate(test, TestCommittees.Statement()).WriteTo);
        for (int length = 0; length < bytes.Length; length++) Assert.Equal(ReadResult.Truncated, AvailabilityCertificate.TryRead(bytes.AsSpan(0, length), out _));
        Assert.Equal(ReadResult.TrailingBytes, AvailabilityCertificate.TryRead([.. bytes, 0], out _));
        Assert.Equal(ReadResult.UnknownVersion, AvailabilityCertificate.TryRead([1, .. bytes[1..]], out _));
        foreach ((int at, byte value) in ((int, byte)[])[(1, 1), (43, 10), (83, 0), (85, 0), (85, 0b1_0111), (86, 0), (86, 129)])
        {
            byte[] wrong = [.. bytes];
            wrong[at] = value;
            Assert.Equal(ReadResult.OutOfRange, AvailabilityCertificate.TryRead(wrong, out _));
        }
        Assert.Equal(ReadResult.Truncated, Attestation.TryRead([0, 1, 0], out _));
        Assert.Equal(ReadResult.OutOfRange, Attestation.TryRead([0, 0, 16, 1], out _));
        Assert.Equal(ReadResult.TrailingBytes, Attestation.TryRead([0, 0, 0, .. new byte[129]], out _));
        Assert.Equal(ReadResult.UnknownVersion, Attestation.TryRead([1, 0, 0, 1], out _));
        byte[] attestation = TestSquares.Encoded(test.Sign(2, TestCommittees.Statement()).WriteTo);
        Assert.Equal(ReadResult.Ok, Attestation.TryRead(attestation, out Attestation read));
        Assert.Equal(attestation, TestSquares.Encoded(read.WriteTo));
    }

    /// <summary>What was checked is what is kept, whatever becomes of the caller's memory.</summary>
    [Fact]
    public void Collector_MemoryThatIsUsedAgain_StillHoldsWhatWasChecked()
    {
        using var test = new TestCommittees(1);
        byte[] key = test.Committee.Members[0].PublicKey.ToArray();
        var committee = new Committee([new(key, 1)]);
        AvailabilityStatement statement = TestCommittees.Statement();
        byte[] signature = Attestation.Sign(committee, statement, test.Signers[0]).Signature.ToArray();
        var collector = new CertificateCollector(committee, statement, test.Verifier);
        Assert.Equal(AttestationResult.Added, collector.Add(new Attestation(0, signature)));
        Array.Clear(signature);
        Array.Clear(key);
        Assert.True(collector.TryBuild(out AvailabilityCertificate? certificate));
        Assert.Equal(CertificateCheck.Valid, certificate!.Verify(committee, test.Verifier));
    }

    /// <summary>Frozen: what members of a known committee sign, and a certificate whose signatures are counted bytes.</summary>
    [Fact]
    public void MessagesAndBytes_AreFrozen()
    {
        var committee = new Committee([new(new byte[] { 1, 2, 3 }, 5), new(new byte[] { 4 }, 1), new(new byte[] { 5 }, 1)], "chain 9"u8);
        var statement = new AvailabilityStatement(1, Convert.FromHexString("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"), 7, 1000);
        Assert.Equal("a785d4cecce08b6b14a5af898939cb9cfd58644d34b43eae32f601cf175402b4", Convert.ToHexStringLower(committee.Digest));
        Assert.Equal("148299e72289c4c0f6daeeec08e8bb0cc5bae3cc9a1c4b4d74b9878e720900fb", Convert.ToHexStringLower(statement.MessageFor(committee)));
        var collector = new CertificateCollector(committee, statement, new Always());
        collector.Add(new(0, new byte[] { 9, 9 }));
        Assert.True(collector.TryBuild(out AvailabilityCertificate? certificate));
        Assert.Equal(
            "0000" + "01000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f0700000000000000e803000000000000"
            + Convert.ToHexStringLower(committee.Digest) + "0300" + "01" + "020909", Convert.ToHexStringLower(TestSquares.Encoded(certificate!.WriteTo)));
    }

    [Fact]
    public void Misuse_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Committee([]));
        Assert.Throws<ArgumentException>(() => new Committee([new(new byte[1], 0)]));
        Assert.Throws<ArgumentException>(() => new Committee([new(new byte[1], 1), new(new byte[1], 1)]));
        Assert.Throws<ArgumentException>(() => new Committee([new(default, 1)]));
        Assert.Throws<ArgumentException>(() => new Committee([new(new byte[1], 1UL << 62), new(new byte[2], 1UL << 62)]));
        Assert.Throws<ArgumentException>(() => new AvailabilityStatement(0, new byte[31], 1, 2));
        Assert.Throws<ArgumentException>(() => new AvailabilityStatement(0, new byte[32], 2, 2));
        var committee = new Committee([new(new byte[1], 1)]);
        Assert.Throws<ArgumentNullException>(() => new CertificateCollector(null!, TestCommittees.Statement(), new Always()));
        Assert.Throws<ArgumentNullException>(() => new CertificateCollector(committee, TestCommittees.Statement(), null!));
        Assert.Throws<InvalidOperationException>(() => new Attestation(70_000, new byte[65]).WriteTo(new ArrayBufferWriter<byte>()));
        Assert.Throws<InvalidOperationException>(() => new Attestation(0, default).WriteTo(new ArrayBufferWriter<byte>()));
    }

    private static AvailabilityCertificate Read(byte[] bytes)
    {
        Assert.Equal(ReadResult.Ok, AvailabilityCertificate.TryRead(bytes, out AvailabilityCertificate? certificate));
        return certificate!;
    }

    private static AvailabilityCertificate Certificate(TestCommittees test, AvailabilityStatement statement)
    {
        var collector = new CertificateCollector(test.Committee, statement, test.Verifier);
        for (int i = 0; i < 3; i++) collector.Add(test.Sign(i, statement));
        Assert.True(collector.TryBuild(out AvailabilityCertificate? certificate));
        return certificate!;
    }

    private sealed class Always : ISignatureVerifier
    {
        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => true;
    }
}
