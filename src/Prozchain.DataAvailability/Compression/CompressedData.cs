using System.Buffers;
using System.IO.Compression;
using System.Numerics;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Compression;

/// <summary>
/// Data as it is posted: Brotli (RFC 7932), on its own or against a dictionary, or stored where that is shorter. Format:
/// docs/formats/da-compressed.md.
/// </summary>
/// <remarks>The same data may be encoded in many ways, so commit to the posted bytes, never to a second encoding of what they hold.</remarks>
public static class CompressedData
{
    /// <summary>Longest prefix before what is stored or compressed, in bytes.</summary>
    public const int MaxPrefix = 1 + 1 + 5 + CompressionDictionary.TagSize;

    private const byte Version = 0;
    private const int MaxLength = 1 << 30;

    private enum Method : byte
    {
        Stored = 0,
        Brotli = 1,
        Dictionary = 2,
    }

    /// <summary>Compresses data.</summary>
    /// <param name="data">Up to 1 GiB.</param>
    /// <param name="output">Receives the format.</param>
    /// <param name="dictionary">Helps with short data; null for none.</param>
    /// <param name="quality">Brotli's quality without a dictionary, 0 to 11.</param>
    /// <exception cref="ArgumentException">The quality is out of its range, the data too long, or the dictionary one that this machine cannot compress with.</exception>
    public static void Compress(ReadOnlySpan<byte> data, IBufferWriter<byte> output, CompressionDictionary? dictionary = null, int quality = 9)
    {
        ArgumentNullException.ThrowIfNull(output);
        if (quality is < 0 or > 11) throw new ArgumentOutOfRangeException(nameof(quality), quality, "Expected 0 to 11.");
        if (data.Length > MaxLength) throw new ArgumentException($"Expected at most {MaxLength} bytes, got {data.Length}.", nameof(data));
        if (dictionary is { CanCompress: false })
            throw new ArgumentException($"Expected a dictionary that this machine's encoder reproduces, got {Convert.ToHexStringLower(dictionary.Id)}.", nameof(dictionary));
        // What does not become shorter is stored.
        byte[] rented = ArrayPool<byte>.Shared.Rent(data.Length);
        BrotliEncoder encoder = dictionary?.StartEncoder() ?? new BrotliEncoder(quality, CompressionDictionary.WindowBits);
        OperationStatus status = encoder.Compress(data, rented.AsSpan(0, data.Length), out int read, out int written, isFinalBlock: true);
        encoder.Dispose();
        bool isShorter = status == OperationStatus.Done && read == data.Length && written + (dictionary is null ? 0 : CompressionDictionary.TagSize) < data.Length;
        Method method = !isShorter ? Method.Stored : dictionary is null ? Method.Brotli : Method.Dictionary;
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)method);
        writer.WriteVarint((ulong)data.Length);
        if (method == Method.Dictionary) writer.WriteSpan(dictionary!.Tag);
        writer.WriteSpan(isShorter ? rented.AsSpan(0, written) : data);
        ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>Restores data from untrusted bytes. Memory grows with what comes out, never beyond the limit, whatever is announced.</summary>
    /// <param name="source">One encoding and nothing else.</param>
    /// <param name="maxLength">The longest data that the caller takes; more than 1 GiB is refused in any case.</param>
    /// <param name="data">The data; empty unless the result is <see cref="DecompressResult.Ok"/>.</param>
    /// <param name="dictionaries">Those the caller has, which are the same for everyone who restores this data.</param>
    /// <exception cref="ArgumentException">A negative limit, or two different dictionaries with one tag, which only someone who seeks them finds.</exception>
    public static DecompressResult TryDecompress(ReadOnlySpan<byte> source, int maxLength, out byte[] data, params ReadOnlySpan<CompressionDictionary> dictionaries)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxLength);
        data = [];
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return DecompressResult.Truncated;
        if (version != Version) return DecompressResult.UnknownVersion;
        if (!reader.TryReadByte(out byte method)) return DecompressResult.Truncated;
        if (method > (byte)Method.Dictionary) return DecompressResult.OutOfRange;
        int start = reader.Offset;
        if (!reader.TryReadVarint(out ulong length))
            return source.Length - start < 10 && source[start..].IndexOfAnyInRange((byte)0, (byte)0x7F) < 0 ? DecompressResult.Truncated : DecompressResult.OutOfRange;
        if (length > (ulong)Math.Min(maxLength, MaxLength)) return DecompressResult.TooLong;
        CompressionDictionary? dictionary = null;
        if (method == (byte)Method.Dictionary)
        {
            if (!reader.TryReadSpan(CompressionDictionary.TagSize, out ReadOnlySpan<byte> tag)) return DecompressResult.Truncated;
            foreach (CompressionDictionary known in dictionaries)
            {
                if (!tag.SequenceEqual(known.Tag)) continue;
                if (dictionary is not null && !dictionary.Id.SequenceEqual(known.Id))
                    throw new ArgumentException($"Expected dictionaries with tags of their own, got two with {Convert.ToHexStringLower(tag)}.", nameof(dictionaries));
                dictionary = known;
            }
            if (dictionary is null) return DecompressResult.UnknownDictionary;
        }
        ReadOnlySpan<byte> rest = source[reader.Offset..];
        if (method != (byte)Method.Stored) return Decode(rest, (int)length, dictionary, out data);
        if (rest.Length < (int)length) return DecompressResult.Truncated;
        if (rest.Length > (int)length) return DecompressResult.TrailingBytes;
        data = rest.ToArray();
        return DecompressResult.Ok;
    }

    private static DecompressResult Decode(ReadOnlySpan<byte> source, int length, CompressionDictionary? dictionary, out byte[] data)
    {
        data = [];
        BrotliDecoder decoder = dictionary?.StartDecoder() ?? new BrotliDecoder();
        // One byte more than announced shows a stream that holds more. A short stream for much data has to earn its memory.
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length + 1L, 4096 + 16L * source.Length));
        int filled = 0;
        try
        {
            while (true)
            {
                OperationStatus status = decoder.Decompress(source, buffer.AsSpan(filled, (int)Math.Min(buffer.Length, length + 1L) - filled), out int read, out int written);
                source = source[read..];
                filled += written;
                if (filled > length) return DecompressResult.WrongLength;
                switch (status)
                {
                    case OperationStatus.Done when !source.IsEmpty: return DecompressResult.TrailingBytes;
                    case OperationStatus.Done when filled < length: return DecompressResult.WrongLength;
                    case OperationStatus.Done:
                        data = buffer[..filled];
                        return DecompressResult.Ok;
                    case OperationStatus.NeedMoreData: return DecompressResult.Truncated;
                    case OperationStatus.InvalidData: return DecompressResult.Corrupt;
                }
                byte[] larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(length + 1L, (long)BitOperations.RoundUpToPowerOf2((uint)filled + 1) * 2));
                buffer.AsSpan(0, filled).CopyTo(larger);
                ArrayPool<byte>.Shared.Return(buffer);
                buffer = larger;
            }
        }
        finally
        {
            decoder.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
