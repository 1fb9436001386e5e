using Prozchain.Rollups.Zk.Signatures;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The signatures of an own payment, which are not posted. The keys are in the state's records.</summary>
/// <param name="Sender">Of the sender.</param>
/// <param name="Sponsor">Of the sponsor, empty without one.</param>
internal readonly record struct SignatureInput(ReadOnlyMemory<byte> Sender, ReadOnlyMemory<byte> Sponsor)
{
    /// <summary>Whether the lengths are those of signatures in words.</summary>
    public bool IsWellFormed => IsSignature(Sender.Span) && (Sponsor.IsEmpty || IsSignature(Sponsor.Span));

    private static bool IsSignature(ReadOnlySpan<byte> bytes) => HashSignature.HeightOf(bytes) >= HashSignature.LeastHeightForWords;
}
