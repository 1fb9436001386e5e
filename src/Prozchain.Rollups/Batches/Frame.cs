using System.Buffers;
using System.Buffers.Binary;

namespace Prozchain.Rollups.Batches;

/// <summary>A piece of a channel, as posted (docs/formats/rollups-frames.md).</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Number">Its place in the channel, from 0.</param>
/// <param name="IsLast">Whether the channel ends with it.</param>
/// <param name="Data">Its bytes.</param>
public readonly record struct Frame(ChannelId Channel, ushort Number, bool IsLast, ReadOnlyMemory<byte> Data)
{
    /// <summary>Bytes of a frame besides its data: 16 for the channel, 2 for the number, 4 for the length, 1 for the last flag.</summary>
    public const int Overhead = ChannelId.Size + sizeof(ushort) + sizeof(uint) + 1;

    /// <summary>First byte of a source that holds frames.</summary>
    public const byte SourceVersion = 0;

    /// <summary>
    /// Cuts a channel's content into frames for sources of a given size, a source each, and hands each to
    /// <paramref name="post"/>: the version byte and one frame.
    /// </summary>
    /// <param name="content">What <see cref="BatchCompression"/> wrote, not empty.</param>
    /// <param name="sourceSize">Most bytes of a source, at least 25: 130,044 for a blob.</param>
    /// <param name="post">Gets the sources in order. The memory is new for each.</param>
    /// <returns>The channel's name.</returns>
    /// <exception cref="ArgumentException">Empty, or more than 65,536 frames.</exception>
    public static ChannelId Split(ReadOnlySpan<byte> content, int sourceSize, Action<ReadOnlyMemory<byte>> post)
    {
        ArgumentNullException.ThrowIfNull(post);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceSize, 1 + Overhead + 1);
        int size = sourceSize - 1 - Overhead;
        if (content.IsEmpty || (content.Length - 1L) / size > ushort.MaxValue)
            throw new ArgumentException($"Expected 1 to {(long)size * (ushort.MaxValue + 1)} bytes, got {content.Length}.", nameof(content));
        ChannelId channel = ChannelId.Of(content);
        for (int number = 0; !content.IsEmpty; number++)
        {
            ReadOnlySpan<byte> data = content[..Math.Min(size, content.Length)];
            content = content[data.Length..];
            var source = new byte[1 + Overhead + data.Length];
            source[0] = SourceVersion;
            Write(channel, (ushort)number, content.IsEmpty, data, source.AsSpan(1));
            post(source);
        }
        return channel;
    }

    /// <summary>Writes the frame.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        int length = Overhead + Data.Length;
        Write(Channel, Number, IsLast, Data.Span, output.GetSpan(length));
        output.Advance(length);
    }

    /// <summary>
    /// Reads the frames of a source from untrusted bytes: the version byte and one frame or more, to the end. Views of the
    /// source. False, without any, if something is wrong: a source counts whole or not at all.
    /// </summary>
    public static bool TryReadAll(ReadOnlyMemory<byte> source, List<Frame> frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        int before = frames.Count;
        bool isWhole = !source.IsEmpty && source.Span[0] == SourceVersion;
        source = isWhole ? source[1..] : default;
        do
        {
            isWhole = isWhole && TryRead(ref source, out Frame frame) && Add(frames, frame);
        }
        while (isWhole && !source.IsEmpty);
        if (!isWhole) frames.RemoveRange(before, frames.Count - before);
        return isWhole;
    }

    private static bool Add(List<Frame> frames, in Frame frame)
    {
        frames.Add(frame);
        return true;
    }

    private static bool TryRead(ref ReadOnlyMemory<byte> source, out Frame frame)
    {
        frame = default;
        ReadOnlySpan<byte> bytes = source.Span;
        if (bytes.Length < Overhead) return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(ChannelId.Size + sizeof(ushort))..]);
        if (length > (uint)(bytes.Length - Overhead)) return false;
        byte last = bytes[Overhead - 1 + (int)length];
        if (last > 1) return false;
        frame = new Frame(ChannelId.Read(bytes), BinaryPrimitives.ReadUInt16LittleEndian(bytes[ChannelId.Size..]), last == 1, source.Slice(Overhead - 1, (int)length));
        source = source[(Overhead + (int)length)..];
        return true;
    }

    private static void Write(ChannelId channel, ushort number, bool isLast, ReadOnlySpan<byte> data, Span<byte> destination)
    {
        channel.Write(destination);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[ChannelId.Size..], number);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[(ChannelId.Size + sizeof(ushort))..], (uint)data.Length);
        data.CopyTo(destination[(Overhead - 1)..]);
        destination[Overhead - 1 + data.Length] = isLast ? (byte)1 : (byte)0;
    }
}
