using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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

    /// <summary>The bytes of a block of <paramref name="length"/> that come before stream <paramref name="stream"/>.</summary>
    public static int StreamStart(int length, int stream) => Math.Min(length, (length + Streams - 1) / Streams * stream);

    /// <summary>Most bytes of a plane's blocks.</summary>
    public static long MaxSize(long bits, int length) =>
        bits / 8 + ((long)length + BlockSymbols - 1) / BlockSymbols * (BlockHeader + Streams);

    /// <summary>Encodes a plane.</summary>
    /// <param name="lengths">Lengths of codes, of <see cref="HuffmanTable"/>; every byte of the plane has one.</param>
    /// <param name="destination">At least <see cref="MaxSize"/> + <see cref="Slack"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    [SkipLocalsInit]
    public static int Encode(ReadOnlySpan<byte> plane, ReadOnlySpan<byte> lengths, Span<byte> destination)
    {
        uint* codes = stackalloc uint[ByteHistogram.Size];
        byte* words = stackalloc byte[2 * ByteHistogram.Size];
        Codes(lengths, codes, words);
        fixed (byte* from = plane, to = destination)
        {
            byte* at = to;
            for (int start = 0; start < plane.Length; start += BlockSymbols)
            {
                int length = Math.Min(BlockSymbols, plane.Length - start);
                var header = new Span<byte>(at, BlockHeader);
                at += BlockHeader;
                for (int stream = 0; stream < Streams; stream++)
                {
                    byte* first = from + start + StreamStart(length, stream), last = from + start + StreamStart(length, stream + 1);
                    var writer = new Writer { To = at };
                    if (ByteMap512.IsSupported) first = Wide(first, last, codes, words, ref writer);
                    Narrow(first, last, codes, ref writer);
                    byte* end = writer.To + (writer.Waiting + 7) / 8;
                    BinaryPrimitives.WriteUInt16LittleEndian(header[(2 * stream)..], (ushort)(end - at));
                    at = end;
                }
            }
            Debug.Assert(at + Slack <= to + destination.Length);
            return (int)(at - to);
        }
    }

    // For one code at a time: its length in the lowest six bits, where shifts take their counts from, and the code from bit 8
    // on. For many: a table of the low bytes of all words, and one of the high bytes; a word is the code, and its length in the
    // highest four bits.
    private static void Codes(ReadOnlySpan<byte> lengths, uint* codes, byte* words)
    {
        Span<int> next = stackalloc int[HuffmanTable.MaxLength + 2];
        HuffmanTable.FirstCodes(lengths, next);
        for (int i = 0; i < ByteHistogram.Size; i++)
        {
            int length = lengths[i], code = length == 0 ? 0 : next[length] >> (HuffmanTable.MaxLength - length);
            codes[i] = (uint)(code << 8 | length);
            words[i] = (byte)code;
            words[ByteHistogram.Size + i] = (byte)(length << 4 | code >> 8);
            next[length] += 1 << (HuffmanTable.MaxLength - length);
        }
    }

    // Four codes at a time: at most 44 bits on top of the 7 that wait for their byte to become full.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Narrow(byte* from, byte* end, uint* codes, ref Writer writer)
    {
        Writer w = writer;
        for (; end - from >= 4; from += 4)
        {
            ulong a = codes[from[0]], b = codes[from[1]], c = codes[from[2]], d = codes[from[3]];
            ulong ab = (a >> 8 << (int)b) | (b >> 8), cd = (c >> 8 << (int)d) | (d >> 8);
            w.Write((ab << (int)(c + d)) | cd, (a + b + c + d) & 63);
        }
        for (; from < end; from++)
        {
            ulong code = codes[*from];
            w.Write(code >> 8, code & 63);
        }
        writer = w;
    }

    // 64 codes at a time: in words, then two words in one of 32 bits, two of these in one of 64, and two of these again if
    // all of them then have 56 bits or fewer, as they have unless the plane is hardly worth it.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static byte* Wide(byte* from, byte* end, uint* codes, byte* words, ref Writer writer)
    {
        const int Step = 64, MaxBits = 56;
        ByteMap512 low = new(new ReadOnlySpan<byte>(words, ByteHistogram.Size)), high = new(new ReadOnlySpan<byte>(words + ByteHistogram.Size, ByteHistogram.Size));
        ulong* values = stackalloc ulong[Vector512<ulong>.Count], lengths = stackalloc ulong[Vector512<ulong>.Count];
        Writer w = writer;
        for (; end - from >= Step; from += Step)
        {
            Vector512<byte> symbols = Vector512.Load(from), lows = low.LookUp(symbols), highs = high.LookUp(symbols);
            (Vector512<ulong> value0, Vector512<ulong> length0) = Fours(Avx512BW.UnpackLow(lows, highs).AsUInt16());
            (Vector512<ulong> value1, Vector512<ulong> length1) = Fours(Avx512BW.UnpackHigh(lows, highs).AsUInt16());
            Vector512<ulong> second = Avx512F.UnpackHigh(length0, length1), length = Avx512F.UnpackLow(length0, length1) + second;
            if (Vector512.GreaterThanAny(length, Vector512.Create((ulong)MaxBits)))
            {
                // A copy: what has an address is kept in memory.
                Writer copy = w;
                Narrow(from, from + Step, codes, ref copy);
                w = copy;
                continue;
            }
            (Avx512F.ShiftLeftLogicalVariable(Avx512F.UnpackLow(value0, value1), second) | Avx512F.UnpackHigh(value0, value1)).Store(values);
            length.Store(lengths);
            w.Write(values[0], lengths[0]);
            w.Write(values[1], lengths[1]);
            w.Write(values[2], lengths[2]);
            w.Write(values[3], lengths[3]);
            w.Write(values[4], lengths[4]);
            w.Write(values[5], lengths[5]);
            w.Write(values[6], lengths[6]);
            w.Write(values[7], lengths[7]);
        }
        writer = w;
        return from;
    }

    // Codes of four words in one of 64 bits, the first one highest, and how many bits they are.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<ulong> Value, Vector512<ulong> Length) Fours(Vector512<ushort> words)
    {
        Vector512<uint> codes = (words & Vector512.Create((ushort)((1 << HuffmanTable.MaxLength) - 1))).AsUInt32(), lengths = (words >>> 12).AsUInt32();
        Vector512<uint> lower = Vector512.Create(0xFFFFu), second = lengths >>> 16;
        Vector512<ulong> pair = (Avx512F.ShiftLeftLogicalVariable(codes & lower, second) | (codes >>> 16)).AsUInt64();
        Vector512<ulong> pairLength = ((lengths & lower) + second).AsUInt64(), half = Vector512.Create(0xFFFFFFFFul), secondPair = pairLength >>> 32;
        return (Avx512F.ShiftLeftLogicalVariable(pair & half, secondPair) | (pair >>> 32), (pairLength & half) + secondPair);
    }

    /// <summary>Bits on their way to bytes: fewer than eight wait, the lowest of <see cref="Bits"/>; what is above them is gone already.</summary>
    private struct Writer
    {
        public byte* To;
        public ulong Bits;
        public ulong Waiting;

        /// <summary>At most 56 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Write(ulong value, ulong length)
        {
            Bits = (Bits << (int)length) | value;
            Waiting += length;
            Unsafe.WriteUnaligned(To, BinaryPrimitives.ReverseEndianness(Bits << -(int)Waiting));
            To += Waiting >> 3;
            Waiting &= 7;
        }
    }
}
