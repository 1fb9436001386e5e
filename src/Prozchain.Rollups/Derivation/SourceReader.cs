using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Derivation;

/// <summary>Gets the source of a batch from where it is, and checks that it is the one committed to.</summary>
internal sealed class SourceReader(DerivationRules rules, IDataPublisher data, IBlobSource? blobs, IBlobCommitter? committer)
{
    /// <summary>The source: its bytes if Ok, none for NotTheData as long as they cannot be had, else an empty source.</summary>
    public async ValueTask<(SourceStatus Status, ReadOnlyMemory<byte> Bytes)> ReadAsync(PostedBatch posting, ChainLog log, CancellationToken cancellation) => posting.Kind switch
    {
        not SourceKind.OffChain when rules.IsBare => (SourceStatus.NotAPosting, default),
        SourceKind.Calldata => ReadCall(posting, log.Input),
        SourceKind.Blobs => await ReadBlobsAsync(posting, log, cancellation).ConfigureAwait(false),
        _ => await ReadDataAsync(posting, cancellation).ConfigureAwait(false),
    };

    // The transaction must call the Inbox itself: what a contract in between passed on, nobody can see without running it.
    private static (SourceStatus, ReadOnlyMemory<byte>) ReadCall(in PostedBatch posting, ReadOnlyMemory<byte> input)
    {
        if (InboxContract.AppendCalldata.TryDecode(input, out AbiValue arguments) != AbiReadResult.Ok) return (SourceStatus.NotAPosting, default);
        ReadOnlyMemory<byte> source = arguments[1].Bytes;
        return IsCommitted(posting, source.Span) ? (SourceStatus.Ok, source) : (SourceStatus.NotAPosting, default);
    }

    private async ValueTask<(SourceStatus, ReadOnlyMemory<byte>)> ReadDataAsync(PostedBatch posting, CancellationToken cancellation)
    {
        // The commitment binds bytes and length. Of the posted length a bare batch's proof knows nothing.
        if (!rules.IsBare && posting.Length > (ulong)rules.Channels.MaxChannelBytes) return (SourceStatus.NotAPosting, default);
        var bytes = new ArrayBufferWriter<byte>();
        if (!await data.TryFetchAsync(posting.Data.Span.ToArray(), bytes, cancellation).ConfigureAwait(false)) return (SourceStatus.NotTheData, default);
        if (ChunkCommitment.Compute(bytes.WrittenSpan) != posting.Data) return (SourceStatus.NotTheData, default);
        return rules.IsBare || (ulong)bytes.WrittenCount == posting.Length ? (SourceStatus.Ok, bytes.WrittenMemory) : (SourceStatus.NotAPosting, default);
    }

    private async ValueTask<(SourceStatus, ReadOnlyMemory<byte>)> ReadBlobsAsync(PostedBatch posting, ChainLog log, CancellationToken cancellation)
    {
        if (blobs is null || committer is null) return (SourceStatus.NotTheData, default);
        int count = (int)Math.Min(posting.Length / Blob.Size, 64);
        var sidecars = new List<BlobSidecar>(count);
        if (count == 0) return (SourceStatus.NotAPosting, default);
        if (!await blobs.TryFetchAsync(posting.Block, log.Transaction, count, sidecars, cancellation).ConfigureAwait(false)) return (SourceStatus.NotTheData, default);
        if (sidecars.Count != count) return (SourceStatus.NotTheData, default);
        var hashes = new byte[count * Digest32.Size];
        var source = new byte[count * Blob.Capacity];
        int length = 0;
        bool isPacked = true;
        for (int i = 0; i < count; i++)
        {
            BlobSidecar sidecar = sidecars[i];
            bool isSound = sidecar.Blob.Length == Blob.Size && sidecar.Commitment.Length == Blob.CommitmentSize && sidecar.Proof.Length == Blob.CommitmentSize
                && committer.Verify(sidecar.Blob.Span, sidecar.Commitment.Span, sidecar.Proof.Span);
            if (!isSound) return (SourceStatus.NotTheData, default);
            Blob.VersionedHash(sidecar.Commitment.Span).Span.CopyTo(hashes.AsSpan(i * Digest32.Size));
            isPacked &= Blob.TryUnpack(sidecar.Blob.Span, source.AsSpan(i * Blob.Capacity), out int part);
            if (!isPacked) continue;
            source.AsSpan(i * Blob.Capacity, part).CopyTo(source.AsSpan(length));
            length += part;
        }
        if (!IsCommitted(posting, hashes)) return (SourceStatus.NotTheData, default);
        return isPacked ? (SourceStatus.Ok, source.AsMemory(0, length)) : (SourceStatus.NotABlob, default);
    }

    private static bool IsCommitted(in PostedBatch posting, ReadOnlySpan<byte> bytes) => posting.Data.Value.Equals(Hashing.Keccak(bytes));
}
