namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The payload of a message: of one that was posted, whether it leaves or not, or of a forced one that leaves.</summary>
/// <param name="Transaction">The transaction; forced ones come first.</param>
/// <param name="Asked">How many signatures of it are shown, which is how often its hash is asked for: 0 to <see cref="MostAsked"/>; of a forced one 0.</param>
/// <param name="Bytes">The payload, at most 1,024 bytes.</param>
internal readonly record struct MessagePayload(uint Transaction, byte Asked, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>The sender's signature and the sponsor's.</summary>
    public const byte MostAsked = 2;
}
