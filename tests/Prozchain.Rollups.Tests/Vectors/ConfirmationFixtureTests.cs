using Prozchain.Rollups.Sequencing;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Vectors;

/// <summary>The wire form of soft confirmations, frozen.</summary>
public sealed class ConfirmationFixtureTests
{
    [Fact]
    public void Confirmation_IsFrozen()
    {
        Digest32 transaction = new(Hashing.Keccak([7])), running = SoftConfirmation.Next(SoftConfirmation.Start(9, 5), transaction);
        var key = new HashSigner(1);
        SoftConfirmation confirmation = SoftConfirmation.Sign(9, 5, 0, transaction, running, key);
        var bytes = new byte[SoftConfirmation.Size];
        confirmation.Write(bytes);
        string actual = Convert.ToHexStringLower(Hashing.Keccak(bytes).Span);
        Assert.True(actual == "e1097135d0db36868d920c6fc79221478e33fb00ebe8c20c4f1516b659ff6c9e", actual);
        Assert.True(SoftConfirmation.TryRead(bytes, out SoftConfirmation read) && read.IsSigned(key.PublicKey.Span, new HashVerifier()));
        HostileBytes.Feed([bytes], hostile => Assert.True(!SoftConfirmation.TryRead(hostile, out SoftConfirmation other)
            || hostile.SequenceEqual(bytes) || !other.IsSigned(key.PublicKey.Span, new HashVerifier())), count: 1_000);
    }
}
