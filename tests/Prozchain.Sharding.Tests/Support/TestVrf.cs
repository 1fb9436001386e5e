using System.Security.Cryptography;
using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>A function in place of a VRF: unique and checkable, but no secret in it.</summary>
internal sealed class TestVrf : IVrfVerifier
{
    public static byte[] KeyOf(int wallet) => SHA256.HashData([1, .. BitConverter.GetBytes(wallet)]);

    public static byte[] Prove(ReadOnlySpan<byte> key, Digest message) => SHA512.HashData([2, .. key, .. message.Span]);

    public bool TryVerify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, Span<byte> beta)
    {
        if (publicKey.Length != 32 || !proof.SequenceEqual(Prove(publicKey, new Digest(alpha)))) return false;
        SHA512.HashData(proof, beta);
        return true;
    }
}
