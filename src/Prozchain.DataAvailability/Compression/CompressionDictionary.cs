using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Compression;

/// <summary>
/// Bytes that posted data is expected to resemble, so that short messages compress against them. Immutable, safe for concurrent use. Format:
/// docs/formats/da-compressed.md.
/// </summary>
/// <remarks>
/// The dictionary is the beginning of a Brotli stream (RFC 7932), up to a flush: a message is the rest of that stream. Everyone decodes it from the
/// same bytes, which the identity names; an encoder has to write these very bytes to be in the state that the rest goes on from, which
/// another version of the encoder may not. It then still decodes; <see cref="CanCompress"/> is false.
/// </remarks>
public sealed class CompressionDictionary
{
    /// <summary>Longest content, in bytes.</summary>
    public const int MaxLength = 1 << 20;

    /// <summary>log2 of Brotli's window, which holds the dictionary and 15 more of its size.</summary>
    internal const int WindowBits = 24;

    /// <summary>Bytes of the identity that a message carries.</summary>
    internal const int TagSize = 8;

    /// <summary>What flushing adds to incompressible content, and more.</summary>
    private const int MaxEncodedLength = MaxLength + (MaxLength >> 8) + 1024;
    private const byte Version = 0;
    private readonly byte[] _encoded, _content, _id;

    private readonly Lazy<bool> _canCompress;

    private CompressionDictionary(int quality, byte[] content, byte[] encoded)
    {
        (Quality, _content, _encoded) = (quality, content, encoded);
        var bytes = new ArrayBufferWriter<byte>();
        WriteTo(bytes);
        _id = SHA256.HashData(bytes.WrittenSpan);
        // Not before it is asked for: encoding a megabyte that few hostile bytes stand for takes seconds.
        _canCompress = new(() => Encode(quality, content).AsSpan().SequenceEqual(encoded));
    }

    /// <summary>SHA-256 of the wire format, 32 bytes.</summary>
    public ReadOnlySpan<byte> Id => _id;

    /// <summary>The first 8 bytes of the identity, which name the dictionary in a message.</summary>
    internal ReadOnlySpan<byte> Tag => Id[..TagSize];

    /// <summary>Brotli's quality, 0 to 11, for the dictionary and the messages alike.</summary>
    public int Quality { get; }

    /// <summary>The bytes that messages are compressed against.</summary>
    public ReadOnlyMemory<byte> Content => _content;

    /// <summary>Whether this machine's encoder can go on from this dictionary. Found out when first asked for, by encoding it once.</summary>
    public bool CanCompress => _canCompress.Value;

    /// <summary>Makes a dictionary, for example of typical messages one after the other, the likeliest last.</summary>
    /// <param name="content">1 to 1,048,576 bytes. Copied.</param>
    /// <param name="quality">0 to 11; below 2 messages hardly gain.</param>
    /// <exception cref="ArgumentException">A length or quality is out of its range.</exception>
    public static CompressionDictionary Create(ReadOnlySpan<byte> content, int quality = 9)
    {
        if (content.Length is 0 or > MaxLength) throw new ArgumentException($"Expected 1 to {MaxLength} bytes, got {content.Length}.", nameof(content));
        if (quality is < 0 or > 11) throw new ArgumentOutOfRangeException(nameof(quality), quality, "Expected 0 to 11.");
        return new(quality, content.ToArray(), Encode(quality, content));
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)Quality);
        writer.WriteUInt32((uint)_content.Length);
        writer.WriteSpan(_encoded);
    }

    /// <summary>Reads the wire format from untrusted bytes; the dictionary is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <returns><see cref="ReadResult.OutOfRange"/> also if the stream does not hold as many bytes as are announced.</returns>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out CompressionDictionary? dictionary)
    {
        dictionary = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte quality) || !reader.TryReadUInt32(out uint length)) return ReadResult.Truncated;
        if (quality > 11 || length is 0 or > MaxLength || reader.Remaining > MaxEncodedLength) return ReadResult.OutOfRange;
        ReadOnlySpan<byte> encoded = source[reader.Offset..];
        var content = new byte[length + 1];
        using var decoder = new BrotliDecoder();
        OperationStatus status = decoder.Decompress(encoded, content, out int read, out int written);
        if (status == OperationStatus.Done || read != encoded.Length) return ReadResult.OutOfRange;
        if (status != OperationStatus.NeedMoreData || written > length) return ReadResult.OutOfRange;
        if (written < length) return ReadResult.Truncated;
        dictionary = new(quality, content[..(int)length], encoded.ToArray());
        return ReadResult.Ok;
    }

    /// <summary>An encoder that has written the dictionary.</summary>
    internal BrotliEncoder StartEncoder()
    {
        var encoder = new BrotliEncoder(Quality, WindowBits);
        byte[] rented = ArrayPool<byte>.Shared.Rent(MaxEncodedLengthOf(_content.Length));
        Begin(ref encoder, _content, rented);
        ArrayPool<byte>.Shared.Return(rented);
        return encoder;
    }

    /// <summary>A decoder that has read the dictionary.</summary>
    internal BrotliDecoder StartDecoder()
    {
        var decoder = new BrotliDecoder();
        // The same room as when it was read, so that the decoder gets as far, whatever the pool gives.
        byte[] rented = ArrayPool<byte>.Shared.Rent(_content.Length + 1);
        decoder.Decompress(_encoded, rented.AsSpan(0, _content.Length + 1), out _, out _);
        ArrayPool<byte>.Shared.Return(rented);
        return decoder;
    }

    private static byte[] Encode(int quality, ReadOnlySpan<byte> content)
    {
        var encoder = new BrotliEncoder(quality, WindowBits);
        var encoded = new byte[MaxEncodedLengthOf(content.Length)];
        int length = Begin(ref encoder, content, encoded);
        encoder.Dispose();
        return encoded[..length];
    }

    private static int MaxEncodedLengthOf(int length) => BrotliEncoder.GetMaxCompressedLength(length) + 1024;

    private static int Begin(ref BrotliEncoder encoder, ReadOnlySpan<byte> content, Span<byte> destination)
    {
        encoder.Compress(content, destination, out _, out int written, isFinalBlock: false);
        encoder.Flush(destination[written..], out int flushed);
        return written + flushed;
    }
}
