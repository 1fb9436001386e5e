using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Payments;

/// <summary>Keys of hashes as payments of numbered accounts have them: a signature has the number of its one-time key in four bytes, not in the contract's one.</summary>
internal sealed class NumberedKeySigner(int seed) : ISigner
{
    private const int IndexSize = sizeof(uint);

    /// <summary>The same key as the contract has it, for who leaves.</summary>
    public HashKeySigner Plain { get; } = new(seed, AccountAddress.HashScheme);

    public AccountAddress Address => Plain.Address;

    public ReadOnlyMemory<byte> PublicKey => Plain.PublicKey;

    public int SignatureSize => Plain.SignatureSize + IndexSize - 1;

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Plain.Sign(message, signature[(IndexSize - 1)..]);
        (byte scheme, byte leaf) = (signature[IndexSize - 1], signature[IndexSize]);
        signature[..(1 + IndexSize)].Clear();
        (signature[0], signature[1]) = (scheme, leaf);
    }

    /// <summary>Checks such signatures.</summary>
    public sealed class Verifier : ISignatureVerifier
    {
        private readonly HashKeyVerifier _plain = new();

        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
            signature.Length > 1 + IndexSize && !signature[2..(1 + IndexSize)].ContainsAnyExcept((byte)0) && _plain.Verify(publicKey, message, [.. signature[..2], .. signature[(1 + IndexSize)..]]);

        public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results)
        {
            for (int i = 0; i < claims.Length; i++) results[i] = Verify(claims[i].PublicKey.Span, claims[i].Message.Span, claims[i].Signature.Span);
        }
    }
}
