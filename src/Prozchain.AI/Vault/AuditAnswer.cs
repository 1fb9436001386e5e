using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.AI.Vault;

/// <summary>
/// Checks answers to challenges (docs/formats/ai-audit.md, version 1): for each sample the chunk and its paths, to the piece's digest
/// in BLAKE3's own tree, to the stripe's root, to the audit root. About 2 kB a sample.
/// </summary>
public static class AuditAnswer
{
    internal const byte Version = 1;

    /// <summary>Checks an answer by the manifest, from which follows what was asked for.</summary>
    /// <param name="challenge">The challenge.</param>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="answer">Untrusted bytes.</param>
    /// <param name="receivedSlot">In which slot they came.</param>
    /// <exception cref="ArgumentException">The manifest has another audit root than the challenge.</exception>
    public static AuditResult Check(AuditChallenge challenge, ModelManifest manifest, ReadOnlySpan<byte> answer, ulong receivedSlot)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        return Check(challenge, challenge.Draw(manifest), answer, receivedSlot);
    }

    /// <summary>Checks an answer by the audit root alone, for who is told what was asked for and lets others dispute that.</summary>
    /// <param name="challenge">The challenge.</param>
    /// <param name="samples">What was asked for.</param>
    /// <param name="answer">Untrusted bytes.</param>
    /// <param name="receivedSlot">In which slot they came.</param>
    public static AuditResult Check(AuditChallenge challenge, ReadOnlySpan<AuditSample> samples, ReadOnlySpan<byte> answer, ulong receivedSlot)
    {
        ArgumentNullException.ThrowIfNull(challenge);
        if (receivedSlot < challenge.OpenSlot) return new AuditResult(AuditStatus.Early, -1);
        if (receivedSlot > challenge.LastSlot) return new AuditResult(AuditStatus.Late, -1);
        var reader = new WireReader(answer);
        if (!reader.TryReadByte(out byte version) || version != Version) return new AuditResult(AuditStatus.Malformed, -1);
        if (!reader.TryReadSpan(AuditTerms.Size, out ReadOnlySpan<byte> fixedTerms)) return new AuditResult(AuditStatus.Malformed, -1);
        AuditTerms terms = AuditTerms.Read(fixedTerms);
        if (terms.Stripes is < 0 or > PartLayout.MaxStripes || terms.TotalPieces > Codec.StripeCode.MaxPieces) return new AuditResult(AuditStatus.Malformed, -1);
        Span<Bytes32> path = stackalloc Bytes32[MerkleTree<AuditTree>.MaxProofLength];
        for (int i = 0; i < samples.Length; i++)
        {
            AuditStatus status = CheckSample(ref reader, terms, samples[i], challenge.Root, path);
            if (status != AuditStatus.Ok) return new AuditResult(status, i);
        }
        return new AuditResult(reader.IsAtEnd ? AuditStatus.Ok : AuditStatus.Malformed, -1);
    }

    private static AuditStatus CheckSample(ref WireReader reader, in AuditTerms terms, AuditSample sample, in Bytes32 root, scoped Span<Bytes32> path)
    {
        if (!reader.TryReadUInt32(out uint pieceLength) || pieceLength is 0 or > int.MaxValue / 2) return AuditStatus.Malformed;
        if (sample.Stripe >= terms.Stripes || sample.Piece >= terms.TotalPieces || sample.Chunk >= ChunkPath.Count((int)pieceLength)) return AuditStatus.Malformed;
        if (!reader.TryReadSpan(ChunkPath.LengthOf((int)pieceLength, sample.Chunk), out ReadOnlySpan<byte> chunk)) return AuditStatus.Malformed;
        Span<Bytes32> siblings = path[..ChunkPath.PathLength((int)pieceLength, sample.Chunk)];
        if (!TryReadPath(ref reader, siblings)) return AuditStatus.Malformed;
        Bytes32 node = ChunkPath.Climb(chunk, (int)pieceLength, sample.Chunk, siblings);
        siblings = path[..MerkleTree<AuditTree>.ProofLength(terms.TotalPieces, sample.Piece)];
        if (!TryReadPath(ref reader, siblings)) return AuditStatus.Malformed;
        node = VaultHash.Stripe(MerkleTree<AuditTree>.Climb(terms.TotalPieces, sample.Piece, node, siblings), (int)pieceLength);
        siblings = path[..MerkleTree<AuditTree>.ProofLength(terms.Stripes, sample.Stripe)];
        if (!TryReadPath(ref reader, siblings)) return AuditStatus.Malformed;
        node = MerkleTree<AuditTree>.Climb(terms.Stripes, sample.Stripe, node, siblings);
        return VaultHash.AuditRoot(terms, node).Equals(root) ? AuditStatus.Ok : AuditStatus.Wrong;
    }

    private static bool TryReadPath(ref WireReader reader, scoped Span<Bytes32> siblings)
    {
        foreach (ref Bytes32 sibling in siblings)
            if (!reader.TryReadBytes32(out sibling)) return false;
        return true;
    }
}
