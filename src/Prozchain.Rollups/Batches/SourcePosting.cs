using System.Buffers;
using System.Buffers.Binary;
using Prozchain.Rollups.Ports;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// What the settlement layer holds of a source: the bytes themselves, the hashes of blobs, or a digest with a certificate
/// (docs/formats/rollups-frames.md). No posting can stall a chain: one that cannot be read is an empty source.
/// </summary>
public readonly record struct SourcePosting
{
    /// <summary>Most blobs of one posting.</summary>
    public const int MaxBlobs = 21;

    private const int OffChainHeader = 1 + Digest32.Size + sizeof(uint);

    /// <summary>Where the bytes are.</summary>
    public SourceKind Kind { get; private init; }

    /// <summary>The source itself, of calldata; the certificate, of data with others.</summary>
    public ReadOnlyMemory<byte> Body { get; private init; }

    /// <summary>Versioned hashes of the blobs.</summary>
    public ReadOnlyMemory<Digest32> BlobHashes { get; private init; }

    /// <summary>Keccak-256 of data with others.</summary>
    public Digest32 Digest { get; private init; }

    /// <summary>Length of data with others.</summary>
    public int Length { get; private init; }

    /// <summary>Writes what is posted for a source in calldata.</summary>
    public static void WriteCalldata(ReadOnlySpan<byte> source, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write([(byte)SourceKind.Calldata]);
        output.Write(source);
    }

    /// <summary>Writes what is posted for a source in the blobs of the same transaction.</summary>
    public static void WriteBlobs(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write([(byte)SourceKind.Blobs]);
    }

    /// <summary>Writes what is posted for a source with others.</summary>
    public static void WriteOffChain(ReadOnlySpan<byte> source, ReadOnlySpan<byte> certificate, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte((byte)SourceKind.OffChain);
        writer.WriteBytes32(Hashing.Keccak(source));
        writer.WriteUInt32((uint)source.Length);
        writer.WriteSpan(certificate);
    }

    /// <summary>Reads a posting from untrusted bytes: false if it counts as an empty source.</summary>
    /// <param name="posted">What the posting's transaction says.</param>
    /// <param name="blobHashes">The versioned hashes that it carries.</param>
    /// <param name="maxLength">Most bytes of data with others.</param>
    /// <param name="posting">The posting.</param>
    public static bool TryRead(ReadOnlyMemory<byte> posted, ReadOnlyMemory<Digest32> blobHashes, int maxLength, out SourcePosting posting)
    {
        posting = default;
        if (posted.IsEmpty) return false;
        var kind = (SourceKind)posted.Span[0];
        switch (kind)
        {
            case SourceKind.Calldata:
                posting = new SourcePosting { Kind = kind, Body = posted[1..] };
                return true;
            case SourceKind.Blobs:
                posting = new SourcePosting { Kind = kind, BlobHashes = blobHashes };
                return posted.Length == 1 && blobHashes.Length is > 0 and <= MaxBlobs;
            case SourceKind.OffChain:
                if (posted.Length < OffChainHeader) return false;
                ReadOnlySpan<byte> bytes = posted.Span;
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(1 + Digest32.Size)..]);
                posting = new SourcePosting { Kind = kind, Digest = new Digest32(bytes.Slice(1, Digest32.Size)), Length = (int)Math.Min(length, int.MaxValue), Body = posted[OffChainHeader..] };
                return length <= (uint)Math.Max(0, maxLength);
            default:
                return false;
        }
    }

    /// <summary>The source of a posting of blobs: the data of the blobs, one after the other.</summary>
    /// <param name="sidecars">What somebody says are the blobs, in order.</param>
    /// <param name="committer">Checks them.</param>
    /// <param name="output">Where to; nothing is written unless the answer is Ok.</param>
    public SourceStatus TryOpen(ReadOnlySpan<BlobSidecar> sidecars, IBlobCommitter committer, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(committer);
        ArgumentNullException.ThrowIfNull(output);
        if (Kind != SourceKind.Blobs) return SourceStatus.NotAPosting;
        if (sidecars.Length != BlobHashes.Length) return SourceStatus.NotTheData;
        for (int i = 0; i < sidecars.Length; i++)
        {
            BlobSidecar sidecar = sidecars[i];
            bool isPosted = sidecar.Blob.Length == Blob.Size && sidecar.Commitment.Length == Blob.CommitmentSize && sidecar.Proof.Length == Blob.CommitmentSize
                && Blob.VersionedHash(sidecar.Commitment.Span) == BlobHashes.Span[i]
                && committer.Verify(sidecar.Blob.Span, sidecar.Commitment.Span, sidecar.Proof.Span);
            if (!isPosted) return SourceStatus.NotTheData;
        }
        byte[] data = ArrayPool<byte>.Shared.Rent(sidecars.Length * Blob.Capacity);
        try
        {
            int at = 0;
            foreach (ref readonly BlobSidecar sidecar in sidecars)
            {
                if (!Blob.TryUnpack(sidecar.Blob.Span, data.AsSpan(at, Blob.Capacity), out int length)) return SourceStatus.NotABlob;
                at += length;
            }
            output.Write(data.AsSpan(0, at));
            return SourceStatus.Ok;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(data);
        }
    }

    /// <summary>Whether the source of a posting of data with others is certified, which needs no data: if not, it is empty.</summary>
    public SourceStatus CheckCertificate(ICertificateVerifier certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        if (Kind != SourceKind.OffChain) return SourceStatus.NotAPosting;
        return certificates.Verify(Digest.Span, Length, Body.Span) ? SourceStatus.Ok : SourceStatus.NotCertified;
    }

    /// <summary>Whether bytes that somebody handed over are the data of a posting of data with others.</summary>
    public SourceStatus CheckData(ReadOnlySpan<byte> data)
    {
        if (Kind != SourceKind.OffChain) return SourceStatus.NotAPosting;
        return data.Length == Length && Digest.Equals(new Digest32(Hashing.Keccak(data))) ? SourceStatus.Ok : SourceStatus.NotTheData;
    }
}
