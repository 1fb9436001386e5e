using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Prozchain.AI.Codec;

/// <summary>
/// Writes bytes as Huffman codes, in blocks of <see cref="BlockSymbols"/> bytes of four streams each: a block begins with the
/// lengths of its streams, little-endian 16-bit words; stream i holds the i-th quarter of the block's bytes. A stream's first
/// bit is the highest of its first byte; its last byte is filled up with zeros.
/// </summary>
internal static unsafe class HuffmanEncoder
{
    /// <summary>Bytes of a plane that a block codes; the last block may have fewer.</summary>
    public const int BlockSymbols = 32 << 10;

    /// <summary>Streams of a block: as many look-ups are under way at once when it is decoded.</summary>
    public const int Streams = 4;

    /// <summary>Bytes before a block's streams.</summary>
    public const int BlockHeader = 2 * Streams;

    /// <summary>The writer may touch so many bytes behind the end.</summary>
    public const int Slack = 8;

    private const int MaxStream = BlockSymbols / Streams * HuffmanTable.MaxLength / 8 + Slack;

    /// <summary>The bytes of a block of <paramref name="length"/> that come before stream <paramref name="stream"/>.</summary>
    public static int StreamStart(int length, int stream) => Math.Min(length, (length + Streams - 1) / Streams * stream);

    /// <summary>Most bytes of a plane's blocks.</summary>
    public static long MaxSize(long bits, int length) =>
        bits / 8 + ((long)length + BlockSymbols - 1) / BlockSymbols * (BlockHeader + Streams);

    /// <summary>Encodes a plane.</summary>
    /// <param name="lengths">Lengths of codes, of <see cref="HuffmanTable"/>; every byte of the plane has one.</param>
    /// <param name="destination">At least <see cref="MaxSize"/> + <see cref="Slack"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(ReadOnlySpan<byte> plane, ReadOnlySpan<byte> lengths, Span<byte> destination) =>
        TryEncode(plane, lengths, destination, isRoom: true, default, out _);

    /// <summary>Encodes a plane of which some bytes may have no code: they are given the first of the shortest, and are listed.</summary>
    /// <param name="destination">Of any length if <paramref name="isRoom"/> is false; what was written counts for nothing if it turns out too short.</param>
    /// <param name="isRoom">Whether the destination is long enough as above, with a code of the shortest for bytes that have none.</param>
    /// <param name="exceptions">Receives the bytes without a code, in order: the place, at most 2^24 - 1, times 256, plus the byte.</param>
    /// <param name="count">How many there are; more than there is room for if the plane has too many.</param>
    /// <returns>Bytes written, or 0 if the destination might be too short.</returns>
    [SkipLocalsInit]
    public static int TryEncode(ReadOnlySpan<byte> plane, ReadOnlySpan<byte> lengths, Span<byte> destination, bool isRoom, Span<uint> exceptions, out int count)
    {
        var tables = new HuffmanCodes(lengths);
        byte* beside = stackalloc byte[MaxStream];
        count = 0;
        fixed (byte* from = plane, to = destination)
        fixed (uint* listed = exceptions)
        {
            var missed = new HuffmanExceptions { Plane = from, List = listed, Room = exceptions.Length };
            byte* at = to;
            for (int start = 0; start < plane.Length; start += BlockSymbols)
            {
                int length = Math.Min(BlockSymbols, plane.Length - start);
                if (!isRoom && destination.Length - (at - to) < MaxSize((long)length * HuffmanTable.MaxLength, length) + Slack) return 0;
                var header = new Span<byte>(at, BlockHeader);
                at += BlockHeader;
                // Two streams at a time: neither writer waits for itself. The second one's place is known when the first has ended.
                for (int stream = 0; stream < Streams; stream += 2)
                {
                    byte* first = from + start + StreamStart(length, stream), middle = from + start + StreamStart(length, stream + 1);
                    byte* other = middle, last = from + start + StreamStart(length, stream + 2);
                    BitWriter writer = new() { To = at }, second = new() { To = beside };
                    if (HuffmanPacker.IsSupported)
                    {
                        int packed = HuffmanPacker.Pack(first, other, (int)(last - other), tables, ref writer, ref second, ref missed);
                        first += packed;
                        other += packed;
                    }
                    Narrow(first, middle, tables.Codes, ref writer, ref missed);
                    Narrow(other, last, tables.Codes, ref second, ref missed);
                    int written = (int)(writer.End - at), more = (int)(second.End - beside);
                    BinaryPrimitives.WriteUInt16LittleEndian(header[(2 * stream)..], (ushort)written);
                    BinaryPrimitives.WriteUInt16LittleEndian(header[(2 * stream + 2)..], (ushort)more);
                    Unsafe.CopyBlockUnaligned(at + written, beside, (uint)more);
                    at += written + more;
                }
            }
            Debug.Assert(at + Slack <= to + destination.Length);
            count = missed.Count;
            exceptions[..Math.Min(count, exceptions.Length)].Sort();
            return (int)(at - to);
        }
    }

    // Four codes at a time: at most 44 bits on top of the 7 that wait for their byte to become full.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(byte* from, byte* end, uint* codes, ref BitWriter writer, ref HuffmanExceptions missed)
    {
        BitWriter w = writer;
        for (; end - from >= 4; from += 4)
        {
            ulong a = codes[from[0]], b = codes[from[1]], c = codes[from[2]], d = codes[from[3]];
            if (((a | b | c | d) & HuffmanCodes.MissingCode) != 0)
                for (int i = 0; i < 4; i++)
                    if ((codes[from[i]] & HuffmanCodes.MissingCode) != 0) missed.Add(from + i);
            ulong ab = (a >> 8 << (int)b) | (b >> 8), cd = (c >> 8 << (int)d) | (d >> 8);
            w.Write((ab << (int)(c + d)) | cd, (a + b + c + d) & 63);
        }
        for (; from < end; from++)
        {
            ulong code = codes[*from];
            if ((code & HuffmanCodes.MissingCode) != 0) missed.Add(from);
            w.Write(code >> 8, code & 63);
        }
        writer = w;
    }
}
