using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A signature of a forced payment that is valid as such.</summary>
/// <param name="Key">The key that made it.</param>
/// <param name="Index">Which of its one-time keys did.</param>
/// <param name="Nonce">The payment's nonce.</param>
/// <param name="Digest">What it signs.</param>
internal readonly record struct ForcedSignature(Eight Key, uint Index, ulong Nonce, Eight Digest)
{
    /// <summary>Whether a record says that the payment does nothing: another key, another nonce (which a sponsor has none of), or an index that is used up.</summary>
    public bool IsRefuted(in Eight key, ulong nonce, uint next, bool isSponsor) => !Key.Equals(key) || Index < next || (!isSponsor && Nonce != nonce);

    /// <summary>As on <see cref="RollupBuses.Signed"/>.</summary>
    public F[] Message(F signature) => [signature, .. Key.ToArray(), F.FromUInt32(Index), .. Digest.ToArray()];
}
