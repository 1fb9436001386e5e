using System.Buffers;
using System.IO.Compression;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// How the batches of a channel are compressed before they are posted: a byte, then the data. Validity mode posts them as
/// they are, since an entropy coder would have to be proven.
/// </summary>
public static class BatchCompression
{
    /// <summary>The first byte: as they are.</summary>
    public const byte Raw = 0;

    /// <summary>The first byte: Brotli (RFC 7932), with a window of at most 2^24 bytes.</summary>
    public const byte Brotli = 1;

    /// <summary>Qualities of Brotli: from fast to small.</summary>
    public const int FastestQuality = 0, DefaultQuality = 10, SmallestQuality = 11;

    private const int WindowBits = 24, Chunk = 1 << 14;

    /// <summary>Writes data as it is.</summary>
    public static void WriteRaw(ReadOnlySpan<byte> data, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write([Raw]);
        output.Write(data);
    }

    /// <summary>Compresses with Brotli.</summary>
    /// <param name="data">Anything.</param>
    /// <param name="quality">0 to 11.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentOutOfRangeException">The quality is none.</exception>
    public static void WriteBrotli(ReadOnlySpan<byte> data, int quality, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentOutOfRangeException.ThrowIfLessThan(quality, FastestQuality);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quality, SmallestQuality);
        output.Write([Brotli]);
        using var encoder = new BrotliEncoder(quality, WindowBits);
        OperationStatus status;
        do
        {
            status = encoder.Compress(data, output.GetSpan(Chunk), out int consumed, out int written, isFinalBlock: true);
            data = data[consumed..];
            output.Advance(written);
        }
        while (status == OperationStatus.DestinationTooSmall);
        if (status != OperationStatus.Done) throw new System.Diagnostics.UnreachableException($"Expected the encoder to finish, got {status}.");
    }

    /// <summary>Undoes either, from untrusted bytes.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="maxLength">Refused as soon as more than this comes out, so that a bomb costs no more than that.</param>
    /// <param name="output">Where to; something may have been written when the answer is not none.</param>
    /// <returns>What is wrong: a limit, another first byte, bytes that are not Brotli, end early or go on after its end.</returns>
    public static BatchFault TryRead(ReadOnlySpan<byte> bytes, int maxLength, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (bytes.IsEmpty) return BatchFault.Truncated;
        byte algorithm = bytes[0];
        bytes = bytes[1..];
        switch (algorithm)
        {
            case Raw:
                if (bytes.Length > maxLength) return BatchFault.LimitExceeded;
                output.Write(bytes);
                return BatchFault.None;
            case Brotli:
                return TryReadBrotli(bytes, maxLength, output);
            default:
                return BatchFault.UnknownVersion;
        }
    }

    private static BatchFault TryReadBrotli(ReadOnlySpan<byte> bytes, int maxLength, IBufferWriter<byte> output)
    {
        using var decoder = new BrotliDecoder();
        while (true)
        {
            // One byte more than allowed shows that there is more.
            int room = (int)Math.Min(Chunk, (long)maxLength + 1);
            OperationStatus status = decoder.Decompress(bytes, output.GetSpan(room)[..room], out int consumed, out int written);
            if (written > maxLength) return BatchFault.LimitExceeded;
            bytes = bytes[consumed..];
            output.Advance(written);
            maxLength -= written;
            switch (status)
            {
                case OperationStatus.Done:
                    return bytes.IsEmpty ? BatchFault.None : BatchFault.TrailingBytes;
                case OperationStatus.NeedMoreData:
                    return BatchFault.Truncated;
                case OperationStatus.DestinationTooSmall:
                    break;
                default:
                    return BatchFault.Malformed;
            }
        }
    }
}
