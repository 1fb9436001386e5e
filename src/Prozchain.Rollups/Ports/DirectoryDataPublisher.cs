using System.Buffers;
using Prozchain.Rollups.Batches;

namespace Prozchain.Rollups.Ports;

/// <summary>
/// An <see cref="IDataPublisher"/> in a directory: one file per batch, named by the
/// commitment to its chunks (<see cref="ChunkCommitment"/>). Bytes are flushed to the disk before they take their name, so a file is whole or absent. A file
/// whose bytes no longer match its name counts as unavailable.
/// </summary>
public sealed class DirectoryDataPublisher : IDataPublisher
{
    private readonly string _directory;

    /// <summary>Uses a directory, which is made if need be.</summary>
    /// <param name="directory">Its path.</param>
    public DirectoryDataPublisher(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _directory = Directory.CreateDirectory(directory).FullName;
    }

    /// <inheritdoc/>
    public async ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        Digest32 digest = ChunkCommitment.Compute(data.Span);
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
        if (ChunkCommitment.Compute(data) != digest) return false;
        destination.Write(data);
        return true;
    }


    private string PathOf(in Digest32 digest) => Path.Combine(_directory, $"{digest}.batch");
}
