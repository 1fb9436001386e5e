using System.Buffers.Binary;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Simulation;

/// <summary>
/// Signatures for simulations: a hash of public key and message. They bind what they sign and cost next to nothing, but
/// anybody can make them: never outside of a simulation.
/// </summary>
public static class SimulationKeys
{
    /// <summary>The key of a number; shaped like scheme 2.</summary>
    /// <param name="number">Any number.</param>
    public static ISigner Signer(int number) => new KeyOf(number);

    /// <summary>Checks such signatures.</summary>
    public static ISignatureVerifier Verifier() => new Checks();

    private static void Compute(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        Span<byte> input = stackalloc byte[SignatureSchemes.Ed25519PublicKeySize + Digest.Size];
        publicKey.CopyTo(input);
        Domains.SimulatedSignature.Hash(message).Span.CopyTo(input[publicKey.Length..]);
        Bytes32 half = Domains.SimulatedSignature.Hash(input);
        signature[0] = SignatureSchemes.Ed25519;
        half.Span.CopyTo(signature[1..]);
        Domains.SimulatedSignature.Hash(half.Span).Span.CopyTo(signature[(1 + Digest.Size)..]);
    }

    private sealed class KeyOf : ISigner
    {
        public KeyOf(int number)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, number);
            PublicKey = (byte[])[SignatureSchemes.Ed25519, .. Domains.SimulatedSignature.Hash(bytes).Span];
        }

        public ReadOnlyMemory<byte> PublicKey { get; }

        public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Compute(PublicKey.Span, message, signature);
    }

    private sealed class Checks : ISignatureVerifier
    {
        public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
        {
            if (publicKey.Length != SignatureSchemes.Ed25519PublicKeySize || publicKey[0] != SignatureSchemes.Ed25519) return false;
            Span<byte> expected = stackalloc byte[SignatureSchemes.Ed25519SignatureSize];
            Compute(publicKey, message, expected);
            return expected.SequenceEqual(signature);
        }

        public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
        {
            if (valid.Length < batch.Length) throw new ArgumentException($"Expected room for {batch.Length} answers, got {valid.Length}.", nameof(valid));
            for (int i = 0; i < batch.Length; i++)
                valid.Span[i] = Verify(batch.Span[i].PublicKey.Span, batch.Span[i].Message.Span, batch.Span[i].Signature.Span);
        }
    }
}
