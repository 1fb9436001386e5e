using System.Security.Cryptography;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>As <see cref="TestSigner"/>, but shaped like scheme 2: keys of 33 bytes.</summary>
internal sealed class EdwardsTestSigner : ISigner
{
    public EdwardsTestSigner(int seed) => PublicKey = (byte[])[SignatureSchemes.Ed25519, .. SHA256.HashData(BitConverter.GetBytes(seed))];

    public ReadOnlyMemory<byte> PublicKey { get; }

    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        TestSigner.Compute(PublicKey.Span, message, signature);
        signature[0] = 2;
    }
}
