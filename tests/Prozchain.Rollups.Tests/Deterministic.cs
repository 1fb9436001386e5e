using System.Security.Cryptography;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests;

/// <summary>
/// A signature scheme for tests in which the protocol, not the curve, is under test: a keyed hash that anyone could
/// forge, fast and the same on every run.
/// </summary>
internal sealed class HashSigner : ISigner
{
    private readonly byte[] _publicKey = new byte[65];

    public HashSigner(int seed)
    {
        _publicKey[0] = 1;
        SHA512.HashData(BitConverter.GetBytes(seed), _publicKey.AsSpan(1));
        Address = AccountAddress.FromPublicKey(_publicKey);
    }

    public AccountAddress Address { get; }

    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => HashVerifier.Expected(_publicKey, message, signature[..65]);
}

internal sealed class HashVerifier : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != 65 || signature.Length != 65) return false;
        Span<byte> expected = stackalloc byte[65];
        Expected(publicKey, message, expected);
        return signature.SequenceEqual(expected);
    }

    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
    {
        for (int i = 0; i < claims.Length; i++) results[i] = Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span);
    }

    internal static void Expected(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        signature[0] = 1;
        var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(publicKey);
        hash.AppendData(message);
        hash.GetHashAndReset(signature[1..]);
    }
}
