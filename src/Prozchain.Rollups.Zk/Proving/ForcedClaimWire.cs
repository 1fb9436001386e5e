using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Shared;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>The encoding of <see cref="ForcedClaim"/> (docs/formats/rollups-zk-proof.md).</summary>
internal static class ForcedClaimWire
{
    private const byte Nothing = 0, Done = 1, OfSender = 2, OfSponsor = 3;

    /// <summary>Reads claims, untrusted: false for any other bytes, and for a done one whose skips no table says.</summary>
    public static bool TryRead(ref WireReader reader, out ForcedClaim[] claims)
    {
        claims = [];
        if (!reader.TryReadCount(BatchStatementWire.MaxForced, out int count)) return false;
        claims = new ForcedClaim[count];
        foreach (ref ForcedClaim claim in claims.AsSpan())
        {
            if (!reader.TryReadByte(out byte kind) || kind > OfSponsor) return false;
            if (kind == Nothing) continue;
            if (kind == Done)
            {
                if (!reader.TryReadUInt32(out uint skip) || !reader.TryReadUInt32(out uint sponsorSkip) || skip >= ForcedClaim.Skips || sponsorSkip >= ForcedClaim.Skips) return false;
                claim = new() { IsDone = true, Skip = skip, SponsorSkip = sponsorSkip };
                continue;
            }
            Eight key = default;
            for (int i = 0; i < Eight.Length; i++)
                if (!reader.TryReadSpan(F.EncodedSize, out ReadOnlySpan<byte> word) || !F.TryRead(word, out key[i])) return false;
            if (!reader.TryReadUInt64(out ulong nonce) || !reader.TryReadUInt32(out uint next)) return false;
            claim = new() { IsJudged = true, OfSponsor = kind == OfSponsor, Key = key, Nonce = nonce, Next = next };
        }
        return true;
    }

    /// <summary>Writes claims.</summary>
    /// <exception cref="ArgumentException">More than a batch has items, or one that is both done and judged, or says what its kind does not.</exception>
    public static void Write(WireWriter writer, IReadOnlyList<ForcedClaim> claims)
    {
        if (claims.Count > BatchStatementWire.MaxForced) throw new ArgumentException($"Expected at most {BatchStatementWire.MaxForced} claims, got {claims.Count}.", nameof(claims));
        writer.WriteVarint((ulong)claims.Count);
        Span<byte> word = stackalloc byte[F.EncodedSize];
        foreach (ForcedClaim claim in claims)
        {
            ForcedClaim known = claim.IsDone ? new() { IsDone = true, Skip = claim.Skip, SponsorSkip = claim.SponsorSkip }
                : claim.IsJudged ? new() { IsJudged = true, OfSponsor = claim.OfSponsor, Key = claim.Key, Nonce = claim.Nonce, Next = claim.Next } : default;
            if (claim != known || claim.Skip >= ForcedClaim.Skips || claim.SponsorSkip >= ForcedClaim.Skips) throw new ArgumentException($"Expected {known}, got {claim}.", nameof(claims));
            writer.WriteByte(claim.IsDone ? Done : !claim.IsJudged ? Nothing : claim.OfSponsor ? OfSponsor : OfSender);
            if (claim.IsDone)
            {
                writer.WriteUInt32(claim.Skip);
                writer.WriteUInt32(claim.SponsorSkip);
            }
            if (!claim.IsJudged) continue;
            for (int i = 0; i < Eight.Length; i++)
            {
                claim.Key[i].Write(word);
                writer.WriteSpan(word);
            }
            writer.WriteUInt64(claim.Nonce);
            writer.WriteUInt32(claim.Next);
        }
    }
}
