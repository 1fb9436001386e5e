using System.Buffers;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Shared;
using Prozchain.Zk;
using Prozchain.Zk.Stark;

namespace Prozchain.Rollups.Zk.Proving;

/// <summary>
/// The proof of a batch: a statement, where its segments meet, and the proofs of the list, that of the state's tree first, then of the segments
/// in order (docs/formats/rollups-zk-proof.md). Nothing of it is true until <see cref="BatchVerifier{TPermutation}"/> says so.
/// </summary>
/// <param name="Statement">What is proven.</param>
/// <param name="Boundaries">One more than segments: what the first starts with, then what each ends with.</param>
/// <param name="Claims">What becomes of each forced item that is a transaction.</param>
/// <param name="Proofs">One more than segments.</param>
internal sealed record BatchProof(BatchStatement Statement, IReadOnlyList<SegmentBoundary> Boundaries, IReadOnlyList<ForcedClaim> Claims, IReadOnlyList<StarkProof> Proofs)
{
    /// <summary>Most segments of a batch, as <see cref="TokenAir"/> has them.</summary>
    public const int MaxSegments = 1 << 10;

    /// <summary>Most bytes of a statement, of one proof, and of all.</summary>
    public const int MaxStatementSize = 1 << 25, MaxProofSize = 1 << 24, MaxSize = 1 << 30;

    private const byte Version = 0;

    /// <summary>Segments.</summary>
    public int Segments => Boundaries.Count - 1;

    /// <summary>Reads a proof from untrusted bytes, all of which belong to it; the statement refers to them. Memory is taken only for as much as they hold.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out BatchProof? proof)
    {
        proof = null;
        if (bytes.Length > MaxSize) return false;
        var reader = new WireReader(bytes.Span);
        if (!reader.TryReadByte(out byte version) || version != Version) return false;
        if (!WireParts.TryRead(ref reader, bytes, MaxStatementSize, out ReadOnlyMemory<byte> part) || !BatchStatementWire.TryRead(part, out BatchStatement? statement)) return false;
        if (!ForcedClaimWire.TryRead(ref reader, out ForcedClaim[] claims)) return false;
        if (!reader.TryReadCount(MaxSegments, out int segments) || segments == 0 || reader.Remaining / SegmentBoundary.EncodedSize < segments + 1) return false;
        var boundaries = new SegmentBoundary[segments + 1];
        for (int i = 0; i < boundaries.Length; i++)
        {
            if (!reader.TryReadSpan(SegmentBoundary.EncodedSize, out ReadOnlySpan<byte> encoded) || !SegmentBoundary.TryRead(encoded, out SegmentBoundary? boundary)) return false;
            boundaries[i] = boundary!;
        }
        var proofs = new StarkProof[boundaries.Length];
        for (int i = 0; i < proofs.Length; i++)
        {
            if (!WireParts.TryRead(ref reader, bytes, MaxProofSize, out part) || StarkProof.TryRead(part.Span, out StarkProof? read) != ReadResult.Ok) return false;
            proofs[i] = read!;
        }
        if (!reader.IsAtEnd) return false;
        proof = new(statement!, boundaries, claims, proofs);
        return true;
    }

    /// <summary>Writes the encoding.</summary>
    /// <exception cref="ArgumentException">A part that a reader would refuse.</exception>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (Segments is < 1 or > MaxSegments || Proofs.Count != Boundaries.Count) throw new ArgumentException($"Expected 1 to {MaxSegments} segments and a proof more, got {Segments} and {Proofs.Count}.");
        if (Proofs.FirstOrDefault(static proof => proof.EncodedSize > MaxProofSize) is { } large) throw new ArgumentException($"Expected proofs of at most {MaxProofSize} bytes, got {large.EncodedSize}.");
        var part = new ArrayBufferWriter<byte>();
        BatchStatementWire.Write(Statement, part);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        WireParts.Write(writer, part.WrittenSpan);
        ForcedClaimWire.Write(writer, Claims);
        writer.WriteVarint((ulong)Segments);
        foreach (SegmentBoundary boundary in Boundaries) boundary.Write(output);
        foreach (StarkProof proof in Proofs)
        {
            writer.WriteVarint((ulong)proof.EncodedSize);
            proof.Write(output);
        }
    }
}
