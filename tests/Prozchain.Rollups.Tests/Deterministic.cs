using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests;

/// <summary>
/// A signature scheme for tests in which the protocol, not the curve, is under test: a keyed hash that anyone could
/// forge, fast and the same on every run.
/// </summary>
internal sealed class HashSigner : ISigner
{
    private readonly byte[] _publicKey;

    /// <param name="seed">Says which key.</param>
    /// <param name="isHashBased">Of the shape of scheme 3, with an index in each signature; else of that of P-256.</param>
    public HashSigner(int seed, bool isHashBased = false)
    {
        byte[] bytes = SHA512.HashData(BitConverter.GetBytes(seed));
        if (isHashBased)
            for (int word = 3; word < 32; word += 4) bytes[word] &= 0x3F;
        _publicKey = isHashBased ? [AccountAddress.HashScheme, .. bytes.AsSpan(0, 32)] : [1, .. bytes];
        Address = AccountAddress.FromPublicKey(_publicKey);
    }

    public AccountAddress Address { get; }

    public ReadOnlyMemory<byte> PublicKey => _publicKey;

    /// <summary>Of a hash-based key: the index that signs next.</summary>
    public uint Index { get; set; }

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => HashVerifier.Expected(_publicKey, _publicKey[0] == 1 ? 0 : Index++, message, signature[..65]);
}

internal sealed class HashVerifier : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length is not (65 or 33) || signature.Length != 65) return false;
        Span<byte> expected = stackalloc byte[65];
        Expected(publicKey, BinaryPrimitives.ReadUInt32LittleEndian(signature[1..]), message, expected);
        return signature.SequenceEqual(expected);
    }

    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
    {
        for (int i = 0; i < claims.Length; i++) results[i] = Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span);
    }

    internal static void Expected(ReadOnlySpan<byte> publicKey, uint index, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        signature[0] = publicKey[0];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(publicKey);
        Span<byte> digest = stackalloc byte[64];
        if (publicKey[0] == AccountAddress.HashScheme)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(signature[1..], index);
            hash.AppendData(signature.Slice(1, sizeof(uint)));
            signature = signature[sizeof(uint)..];
        }
        hash.AppendData(message);
        hash.GetHashAndReset(digest);
        digest[..(signature.Length - 1)].CopyTo(signature[1..]);
    }
}
