using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Benchmarks.Scaling;

/// <summary>
/// Signatures for simulated nodes, shaped like Ed25519's: a few multiplications, checkable, no secret. What real ones
/// cost is charged to the nodes' simulated CPUs.
/// </summary>
internal sealed class CheapSigner : ISigner
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    /// <param name="number">Names the key; it can be read from the key again.</param>
    public CheapSigner(int number)
    {
        var key = new byte[SignatureSchemes.Ed25519PublicKeySize];
        SHA256.HashData(BitConverter.GetBytes(number), key.AsSpan(1));
        key[0] = SignatureSchemes.Ed25519;
        BinaryPrimitives.WriteInt32LittleEndian(key.AsSpan(1), number);
        PublicKey = key;
    }

    public ReadOnlyMemory<byte> PublicKey { get; }

    public static int NumberOf(ReadOnlySpan<byte> publicKey) => BinaryPrimitives.ReadInt32LittleEndian(publicKey[1..]);

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature) => Compute(PublicKey.Span, message, signature);

    public static void Compute(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        ulong state = BinaryPrimitives.ReadUInt64LittleEndian(publicKey[1..]);
        for (; message.Length >= sizeof(ulong); message = message[sizeof(ulong)..]) state = Mix(state ^ BinaryPrimitives.ReadUInt64LittleEndian(message));
        foreach (byte rest in message) state = Mix(state ^ rest);
        signature[0] = SignatureSchemes.Ed25519;
        for (int i = 1; i < SignatureSchemes.Ed25519SignatureSize; i += sizeof(ulong)) BinaryPrimitives.WriteUInt64LittleEndian(signature[i..], state = Mix(state + Golden));
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9;
        value = (value ^ value >> 27) * 0x94D049BB133111EB;
        return value ^ value >> 31;
    }
}

/// <summary>Checks <see cref="CheapSigner"/>'s signatures.</summary>
internal sealed class CheapVerifier : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != SignatureSchemes.Ed25519PublicKeySize) return false;
        Span<byte> expected = stackalloc byte[SignatureSchemes.Ed25519SignatureSize];
        CheapSigner.Compute(publicKey, message, expected);
        return expected.SequenceEqual(signature);
    }

    public void VerifyMany(ReadOnlyMemory<SignedMessage> batch, Memory<bool> valid, int maxDegreeOfParallelism = 1)
    {
        for (int i = 0; i < batch.Length; i++) valid.Span[i] = Verify(batch.Span[i].PublicKey.Span, batch.Span[i].Message.Span, batch.Span[i].Signature.Span);
    }
}
