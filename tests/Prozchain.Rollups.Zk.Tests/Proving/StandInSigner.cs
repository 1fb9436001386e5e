using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Zk.Signatures;

namespace Prozchain.Rollups.Zk.Tests.Proving;

/// <summary>Keys and signatures of the shape of hash-based ones of height 4, which anybody could forge: quick to make.</summary>
internal sealed class StandInSigner : ISigner
{
    private readonly byte[] _key;

    public StandInSigner(int seed)
    {
        byte[] words = SHA256.HashData(BitConverter.GetBytes(seed));
        for (int word = 3; word < words.Length; word += 4) words[word] &= 0x3F;
        _key = [HashSignature.Scheme, .. words];
    }

    public ReadOnlyMemory<byte> PublicKey => _key;

    public AccountAddress Address => AccountAddress.FromPublicKey(_key);

    public int SignatureSize => HashSignature.SizeOf(HashSignature.LeastHeightForWords);

    /// <summary>The one-time key that signs next.</summary>
    public uint Index { get; set; }

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Fill(_key, Index++, message, signature);

    private static void Fill(ReadOnlySpan<byte> key, uint index, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        signature.Clear();
        signature[0] = HashSignature.Scheme;
        BinaryPrimitives.WriteUInt32LittleEndian(signature[1..], index);
        SHA256.HashData([.. key, .. signature[..5], .. message], signature[5..]);
    }

    /// <summary>Checks them.</summary>
    public sealed class Verifier : ISignatureVerifier
    {
        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            if (HashSignature.HeightOf(signature) != HashSignature.LeastHeightForWords) return false;
            var expected = new byte[signature.Length];
            Fill(publicKey, BinaryPrimitives.ReadUInt32LittleEndian(signature[1..]), message, expected);
            return signature.SequenceEqual(expected);
        }

        public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
        {
            for (int i = 0; i < claims.Length; i++) results[i] = Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span);
        }
    }
}
