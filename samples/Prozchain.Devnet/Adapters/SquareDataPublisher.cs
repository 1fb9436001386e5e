using System.Buffers;
using Prozchain.DataAvailability;
using Prozchain.DataAvailability.Squares;
using Prozchain.Rollups.Ports;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// The rollup's data publisher over extended squares: the commitment to a batch is its square's data root. The payload
/// of each square is a file named by that root, flushed before it takes its name.
/// </summary>
internal sealed class SquareDataPublisher(string directory) : IDataPublisher
{
    private readonly string _directory = Directory.CreateDirectory(directory).FullName;

    /// <summary>The square of the batch published last.</summary>
    public ExtendedSquare? Latest { get; private set; }

    public async ValueTask PublishAsync(ReadOnlyMemory<byte> data, Memory<byte> commitment, CancellationToken cancellationToken)
    {
        ExtendedSquare square = ExtendedSquare.Encode(data.Span, SquareParameters.ForPayload(data.Length), cancellationToken: cancellationToken);
        square.DataRoot.CopyTo(commitment.Span);
        string path = PathOf(commitment.Span), unfinished = path + ".part";
        var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write, FileShare.None);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(data, cancellationToken).ConfigureAwait(false);
            file.Flush(flushToDisk: true);
        }
        File.Move(unfinished, path, overwrite: true);
        Latest = square;
    }

    public async ValueTask<bool> TryFetchAsync(ReadOnlyMemory<byte> commitment, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        string path = PathOf(commitment.Span);
        if (!File.Exists(path)) return false;
        byte[] data = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        // What a disk gives back is not trusted: only the payload whose square has this root is the batch.
        ExtendedSquare square = ExtendedSquare.Encode(data, SquareParameters.ForPayload(data.Length), cancellationToken: cancellationToken);
        return square.DataRoot.SequenceEqual(commitment.Span) && square.TryReadPayload(destination) == PayloadResult.Ok;
    }

    private string PathOf(ReadOnlySpan<byte> commitment) => Path.Combine(_directory, Convert.ToHexStringLower(commitment) + ".square");
}
