using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>One committee member's signature over a header.</summary>
/// <param name="Member">Index into the committee's members.</param>
/// <param name="Signature">65 bytes with the scheme byte, over <see cref="MessageFor"/>.</param>
public readonly record struct Vote(int Member, ReadOnlyMemory<byte> Signature)
{
    /// <summary>What a vote signs: a digest of the header's hash in a domain of its own. Chain, shard and epoch are in the header.</summary>
    /// <param name="headerHash">Hash of the header.</param>
    public static Digest MessageFor(in Digest headerHash) => new(Domains.Vote.Hash(headerHash.Span));

    /// <summary>Casts a vote.</summary>
    /// <param name="member">Index of the signer in the committee.</param>
    /// <param name="signer">Holds the member's key.</param>
    /// <param name="headerHash">Hash of the header.</param>
    public static Vote Cast(int member, ISigner signer, in Digest headerHash)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var signature = new byte[SignatureSchemes.P256SignatureSize];
        signer.Sign(MessageFor(headerHash).Span, signature);
        return new Vote(member, signature);
    }
}
