using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Ports;

public class Ed25519PortTests
{
    // RFC 8032, section 7.1, test 2, with the scheme byte in front.
    private const string Seed = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";
    private const string PublicKey = "023d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    private const string Signature = "0292a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

    private readonly Ed25519Verifier _verifier = new();

    [Fact]
    public void Sign_KnownAnswer_HasTheSchemeByteInFront()
    {
        using var signer = new Ed25519Signer(Convert.FromHexString(Seed));
        var signature = new byte[SignatureSchemes.Ed25519SignatureSize];
        signer.Sign([0x72], signature);
        Assert.Equal(PublicKey, Convert.ToHexStringLower(signer.PublicKey.Span));
        Assert.Equal(SignatureSchemes.Ed25519PublicKeySize, signer.PublicKey.Length);
        Assert.Equal(Signature, Convert.ToHexStringLower(signature));
        Assert.True(_verifier.Verify(signer.PublicKey.Span, [0x72], signature));
    }

    [Fact]
    public void Verify_WrongSchemeOrLength_IsRefused()
    {
        byte[] key = Convert.FromHexString(PublicKey), signature = Convert.FromHexString(Signature);
        Assert.False(_verifier.Verify([1, .. key[1..]], [0x72], signature));
        Assert.False(_verifier.Verify(key, [0x72], [1, .. signature[1..]]));
        Assert.False(_verifier.Verify(key.AsSpan(1), [0x72], signature));
        Assert.False(_verifier.Verify(key, [0x72], signature.AsSpan(1)));
        Assert.False(_verifier.Verify([.. key, 0], [0x72], signature));
        Assert.False(_verifier.Verify([], [], []));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 4)]
    [InlineData(9, 2)]
    [InlineData(100, 2)]
    [InlineData(1030, 1)]
    [InlineData(1500, 3)]
    public void VerifyMany_AnyCountAndThreads_AgreesWithVerify(int count, int threads)
    {
        var random = new SeededRandom(TestSettings.Seed);
        SignedMessage[] batch = Batch(random, count);
        for (int i = 0; i < count; i += random.Next(1, count))
            batch[i] = batch[i] with { Message = (byte[])[.. batch[i].Message.Span, 0] };
        if (count > 4) batch[3] = batch[3] with { PublicKey = ReadOnlyMemory<byte>.Empty };
        var valid = new bool[count + 1];
        _verifier.VerifyMany(batch, valid, threads);
        Assert.Contains(false, valid);
        for (int i = 0; i < count; i++)
            Assert.Equal(_verifier.Verify(batch[i].PublicKey.Span, batch[i].Message.Span, batch[i].Signature.Span), valid[i]);
        Assert.False(valid[count]);
    }

    [Fact]
    public void VerifyMany_WarmedUp_AllocatesNothing()
    {
        SignedMessage[] batch = Batch(new SeededRandom(TestSettings.Seed), 100);
        var valid = new bool[100];
        AllocationAssert.None(() => _verifier.VerifyMany(batch, valid));
        Assert.DoesNotContain(false, valid);
    }

    [Fact]
    public void Misuse_IsNamed()
    {
        Assert.Throws<ArgumentException>(() => new Ed25519Signer(new byte[31]));
        Assert.Throws<ArgumentException>(() => _verifier.VerifyMany(new SignedMessage[2], new bool[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => _verifier.VerifyMany(new SignedMessage[2], new bool[2], 0));
        var signer = new Ed25519Signer(new byte[32]);
        Assert.Throws<ArgumentException>(() => signer.Sign([], new byte[64]));
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.Sign([], new byte[65]));
    }

    private static SignedMessage[] Batch(SeededRandom random, int count)
    {
        var batch = new SignedMessage[count];
        for (int i = 0; i < count; i++)
        {
            using var signer = new Ed25519Signer(random.Bytes(32));
            byte[] message = random.Bytes(32), signature = new byte[SignatureSchemes.Ed25519SignatureSize];
            signer.Sign(message, signature);
            batch[i] = new SignedMessage(signer.PublicKey, message, signature);
        }
        return batch;
    }
}
