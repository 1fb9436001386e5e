using System.Buffers;
using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// An <see cref="IDataPublisher"/> in a directory: one file per batch, named by its
/// commitment. Bytes are flushed to the disk before they take their name, so a file is whole or absent. A file
/// whose bytes no longer match its name counts as unavailable.
/// </summary>
public sealed class DirectoryDataPublisher : IDataPublisher
{
    private readonly string _directory;
    private readonly bool _isChunked;

    /// <summary>Uses a directory, which is made if need be.</summary>
    /// <param name="directory">Its path.</param>
    /// <param name="isChunked">Whether the commitment is one of which chunks can be asked for on L1 (<see cref="ChunkCommitment"/>), or the Keccak-256 of the bytes.</param>
    public DirectoryDataPublisher(string directory, bool isChunked = false)
    {
        _isChunked = isChunked;
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = Directory.CreateDirectory(directory).FullName;
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        Digest32 digest = CommitmentOf(data.Span);
        digest.Span.CopyTo(commitment.Span);
        string path = PathOf(digest), unfinished = path + ".part";
        var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        var digest = new Digest32(commitment.Span);
        string path = PathOf(digest);
        if (!File.Exists(path)) return false;
        byte[] data = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        if (CommitmentOf(data) != digest) return false;
        destination.Write(data);
        return true;
    }

    private Digest32 CommitmentOf(ReadOnlySpan<byte> data) => _isChunked ? ChunkCommitment.Compute(data) : new Digest32(Hashing.Keccak(data));

    private string PathOf(in Digest32 digest) => Path.Combine(_directory, $"{digest}.batch");
}
