using System.Security.Cryptography;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>A signature scheme for tests: fast, deterministic and checkable, but no secret in it. Shaped like scheme 1.</summary>
internal sealed class TestSigner : ISigner
{
    public TestSigner(int seed)
    {
        var key = new byte[SignatureSchemes.P256PublicKeySize];
        SHA512.HashData(BitConverter.GetBytes(seed), key.AsSpan(1));
        key[0] = SignatureSchemes.P256;
        PublicKey = key;
    }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Compute(PublicKey.Span, message, signature);

    internal static void Compute(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> input = stackalloc byte[publicKey.Length + message.Length];
        publicKey.CopyTo(input);
        message.CopyTo(input[publicKey.Length..]);
        signature[0] = SignatureSchemes.P256;
        SHA512.HashData(input, signature[1..]);
    }
}

internal sealed class TestVerifier : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != SignatureSchemes.P256PublicKeySize) return false;
        Span<byte> expected = stackalloc byte[SignatureSchemes.P256SignatureSize];
        TestSigner.Compute(publicKey, message, expected);
        return expected.SequenceEqual(signature);
    }

    public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
    {
        for (int i = 0; i < batch.Length; i++)
            valid.Span[i] = Verify(batch.Span[i].PublicKey.Span, batch.Span[i].Message.Span, batch.Span[i].Signature.Span);
    }
}
