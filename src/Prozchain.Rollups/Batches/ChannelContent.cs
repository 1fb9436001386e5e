using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Rollups.Batches;

/// <summary>What is in a channel: one batch or several, in order, each behind its length, compressed together.</summary>
public static class ChannelContent
{
    /// <summary>Writes batches.</summary>
    /// <param name="batches">Encoded batches, none of them empty.</param>
    /// <param name="quality">Quality of Brotli; null posts them as they are.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="ArgumentException">An empty batch.</exception>
    public static void Write(IEnumerable<ReadOnlyMemory<byte>> batches, int? quality, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var joined = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(joined);
        foreach (ReadOnlyMemory<byte> batch in batches)
        {
            if (batch.IsEmpty) throw new ArgumentException("Expected batches of at least a byte, got an empty one.", nameof(batches));
            writer.WriteVarint((ulong)batch.Length);
            writer.WriteSpan(batch.Span);
        }
        if (quality is { } chosen) BatchCompression.WriteBrotli(joined.WrittenSpan, chosen, output);
        else BatchCompression.WriteRaw(joined.WrittenSpan, output);
    }

    /// <summary>Reads batches from untrusted bytes: all of them or, with what is wrong, none.</summary>
    /// <param name="content">The content.</param>
    /// <param name="maxLength">Most bytes that it may decompress to.</param>
    /// <param name="batches">Gets the batches, which share one piece of memory. What is in them may be anything.</param>
    public static BatchFault TryRead(ReadOnlySpan<byte> content, int maxLength, List<ReadOnlyMemory<byte>> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        var joined = new ArrayBufferWriter<byte>();
        BatchFault fault = BatchCompression.TryRead(content, maxLength, joined);
        if (fault != BatchFault.None) return fault;
        int before = batches.Count;
        var reader = new WireReader(joined.WrittenSpan);
        while (!reader.IsAtEnd)
        {
            if (!reader.TryReadCount(joined.WrittenCount, out int length) || length == 0 || length > reader.Remaining)
            {
                batches.RemoveRange(before, batches.Count - before);
                return BatchFault.Malformed;
            }
            batches.Add(joined.WrittenMemory.Slice(reader.Offset, length));
            reader.TryReadSpan(length, out _);
        }
        return BatchFault.None;
    }
}
