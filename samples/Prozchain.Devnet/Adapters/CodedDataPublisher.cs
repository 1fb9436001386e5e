using System.Buffers;
using Prozchain.Devnet.Stages;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// The rollup's data publisher over erasure-coded data. The settlement layer commits to the batch's chunks, any of which can be asked for
/// there; beside that stands the data root of its square, or the commitment of its rows, which light clients sample against. The payload is
/// a file named by the former, flushed before it takes its name.
/// </summary>
internal sealed class CodedDataPublisher(string directory, AvailabilityCode code) : IDataPublisher
{
    private readonly string _directory = Directory.CreateDirectory(directory).FullName;

    /// <summary>The batch published last.</summary>
    public PostedData? Latest { get; private set; }

    public async ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        PostedData posted = PostedData.Encode(code, data.Span, cancellationToken);
        ChunkCommitment.Compute(data.Span).Span.CopyTo(commitment.Span);
        string path = PathOf(commitment.Span), unfinished = path + ".part";
        var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        Latest = posted;
    }

    public async ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        string path = PathOf(commitment.Span);
        if (!File.Exists(path)) return false;
        byte[] data = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        // What a disk gives back is not trusted: only the payload that has this commitment is the batch.
        if (!ChunkCommitment.Compute(data).Span.SequenceEqual(commitment.Span)) return false;
        destination.Write(data);
        return true;
    }

    private string PathOf(ReadOnlySpan<byte> commitment) => Path.Combine(_directory, Convert.ToHexStringLower(commitment) + (code == AvailabilityCode.Square ? ".square" : ".rows"));
}
