using System.Buffers;
using System.IO.Compression;

namespace Prozchain.AI.Codec;

/// <summary>
/// A plane as a Deflate stream of the BCL, Huffman codes only: an option for who wants a format that every tool reads.
/// </summary>
/// <remarks>
/// The BCL's streams allocate, some hundred bytes a plane on the managed heap and zlib's state off it; the buffers come from
/// the shared pool. The encoding depends on the BCL's version; every version reads it.
/// </remarks>
internal static class DeflatePlane
{
    /// <summary>Encodes a plane.</summary>
    /// <returns>Bytes written, or 0 if they would be more than the destination takes.</returns>
    public static int Encode(ReadOnlySpan<byte> plane, Span<byte> destination)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(destination.Length);
        try
        {
            using var written = new BoundedStream(buffer.AsMemory(0, destination.Length));
            var options = new ZLibCompressionOptions { CompressionLevel = 6, CompressionStrategy = ZLibCompressionStrategy.HuffmanOnly };
            using (var deflate = new DeflateStream(written, options, leaveOpen: true)) deflate.Write(plane);
            if (written.Overflowed) return 0;
            buffer.AsSpan(0, (int)written.Length).CopyTo(destination);
            return (int)written.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Decodes a plane of a known length; reads no further than one byte beyond it, whatever the stream says.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, Span<byte> plane)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(encoded.Length);
        try
        {
            encoded.CopyTo(buffer);
            using var source = new MemoryStream(buffer, 0, encoded.Length, writable: false);
            using var inflate = new DeflateStream(source, CompressionMode.Decompress);
            return inflate.ReadAtLeast(plane, plane.Length, throwOnEndOfStream: false) == plane.Length && inflate.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
