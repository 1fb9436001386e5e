using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Codec;

/// <summary>
/// Reads what <see cref="HuffmanEncoder"/> writes. A look-up by the next <see cref="HuffmanTable.MaxLength"/> bits gives all
/// bytes whose codes lie within them, six at most; the four streams of a block take turns, so that their look-ups overlap.
/// </summary>
/// <remarks>
/// An entry has the length of its codes in its lowest six bits, where shifts take their counts from, the bytes from bit 8 on,
/// and their number in its highest byte. A stream's next bits are the highest of a word whose last 1 marks the word's end.
/// Nothing is read outside the block's streams nor written outside the destination, whatever the streams hold.
/// </remarks>
internal static unsafe class HuffmanDecoder
{
    /// <summary>Words of a decoding table: an entry for every sequence of bits, then the length of every byte's code.</summary>
    public const int TableSize = Entries + ByteHistogram.Size / sizeof(ulong);

    private const int Entries = 1 << HuffmanTable.MaxLength;

    // Five look-ups take 55 bits at most, which with the 7 bits before the first byte's next one leave the mark in its place.
    private const int LookUps = 5, MostBytesRead = 7, MaxEntrySymbols = 6, WordBytes = sizeof(ulong);

    /// <summary>Makes the table to decode with.</summary>
    /// <param name="lengths">Lengths of a complete code, of <see cref="HuffmanTable"/>.</param>
    /// <param name="table"><see cref="TableSize"/> words.</param>
    public static void MakeTable(ReadOnlySpan<byte> lengths, Span<ulong> table)
    {
        Debug.Assert(table.Length == TableSize);
        Span<int> first = stackalloc int[HuffmanTable.MaxLength + 2], next = stackalloc int[HuffmanTable.MaxLength + 1];
        HuffmanTable.FirstCodes(lengths, first);
        Debug.Assert(first[^1] == Entries);
        // An entry for every code by itself, shorter codes first.
        Span<ulong> order = stackalloc ulong[ByteHistogram.Size];
        next[0] = next[1] = 0;
        for (int length = 2; length <= HuffmanTable.MaxLength; length++)
            next[length] = next[length - 1] + ((first[length] - first[length - 1]) >> (HuffmanTable.MaxLength - length + 1));
        int count = 0;
        for (int i = 0; i < ByteHistogram.Size; i++)
        {
            if (lengths[i] == 0) continue;
            order[next[lengths[i]]++] = 1UL << 56 | (ulong)(uint)i << 8 | lengths[i];
            count++;
        }
        Fill(table[..Entries], 0, HuffmanTable.MaxLength, order[..count]);
        lengths.CopyTo(MemoryMarshal.AsBytes(table[Entries..]));
    }

    // The entries whose bits begin with the codes of one entry. Codes that still fit are, as shorter ones come first, those
    // of the first part.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fill(Span<ulong> region, ulong entry, int bits, ReadOnlySpan<ulong> order)
    {
        int count = (int)(entry >> 56);
        if (count < MaxEntrySymbols)
        {
            foreach (ulong code in order)
            {
                int left = bits - ((int)code & 63);
                if (left < 0) break;
                ulong longer = entry + (1UL << 56) + ((ulong)(byte)(code >> 8) << (8 + 8 * count)) + (code & 63);
                if (left == 0) region[0] = longer;
                else Fill(region[..(1 << left)], longer, left, order);
                region = region[(1 << left)..];
            }
        }
        region.Fill(entry);
    }

    /// <summary>Decodes one block.</summary>
    /// <param name="block">Begins with the block; more may follow.</param>
    /// <param name="table">Of <see cref="MakeTable"/>.</param>
    /// <param name="destination">As many bytes as the block codes, at most <see cref="HuffmanEncoder.BlockSymbols"/>.</param>
    /// <returns>Bytes that the block takes, or 0 if its streams do not hold just what they ought to.</returns>
    [SkipLocalsInit]
    public static int Decode(ReadOnlySpan<byte> block, ReadOnlySpan<ulong> table, Span<byte> destination)
    {
        Debug.Assert(table.Length == TableSize && destination.Length <= HuffmanEncoder.BlockSymbols);
        const int Streams = HuffmanEncoder.Streams;
        if (block.Length < HuffmanEncoder.BlockHeader) return 0;
        int* ends = stackalloc int[Streams + 1];
        ends[0] = HuffmanEncoder.BlockHeader;
        for (int i = 0; i < Streams; i++) ends[i + 1] = ends[i] + BinaryPrimitives.ReadUInt16LittleEndian(block[(2 * i)..]);
        if (ends[Streams] > block.Length) return 0;

        fixed (byte* from = block, to = destination)
        fixed (ulong* entries = table)
        {
            byte** inputs = stackalloc byte*[Streams], outputs = stackalloc byte*[Streams];
            ulong* bits = stackalloc ulong[Streams];
            for (int i = 0; i < Streams; i++)
            {
                inputs[i] = from + ends[i];
                outputs[i] = to + HuffmanEncoder.StreamStart(destination.Length, i);
                bits[i] = 0;
            }
            Together(inputs, outputs, bits, from, ends, to, destination.Length, entries);
            for (int i = 0; i < Streams; i++)
            {
                byte* end = to + HuffmanEncoder.StreamStart(destination.Length, i + 1);
                if (!Rest(inputs[i], from + ends[i + 1], (int)bits[i], outputs[i], end, entries)) return 0;
            }
            return ends[Streams];
        }
    }

    // Optimised at once: a loop that is entered before it is hot would be left in a form that spills everything.
    // All streams at once, as long as each has the room in and out that so many look-ups may take. Leaves where each stands:
    // its byte, and how many bits of that have been read.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Together(byte** inputs, byte** outputs, ulong* read, byte* from, int* ends, byte* to, int length, ulong* table)
    {
        byte* i0 = inputs[0], i1 = inputs[1], i2 = inputs[2], i3 = inputs[3], o0 = outputs[0], o1 = outputs[1], o2 = outputs[2], o3 = outputs[3];
        byte* end1 = o1, end2 = o2, end3 = o3, end4 = to + length;
        ulong b0 = 0, b1 = 0, b2 = 0, b3 = 0;
        for (bool begun = false; ; begun = true)
        {
            long most = Math.Min(Math.Min(Rounds(i0, from + ends[1], o0, end1), Rounds(i1, from + ends[2], o1, end2)),
                Math.Min(Rounds(i2, from + ends[3], o2, end3), Rounds(i3, from + ends[4], o3, end4)));
            if (most <= 0)
            {
                if (!begun) return;
                break;
            }
            if (!begun)
            {
                b0 = Word(i0);
                b1 = Word(i1);
                b2 = Word(i2);
                b3 = Word(i3);
            }
            do
            {
                LookUp(table, ref b0, ref o0);
                LookUp(table, ref b1, ref o1);
                LookUp(table, ref b2, ref o2);
                LookUp(table, ref b3, ref o3);
                LookUp(table, ref b0, ref o0);
                LookUp(table, ref b1, ref o1);
                LookUp(table, ref b2, ref o2);
                LookUp(table, ref b3, ref o3);
                LookUp(table, ref b0, ref o0);
                LookUp(table, ref b1, ref o1);
                LookUp(table, ref b2, ref o2);
                LookUp(table, ref b3, ref o3);
                LookUp(table, ref b0, ref o0);
                LookUp(table, ref b1, ref o1);
                LookUp(table, ref b2, ref o2);
                LookUp(table, ref b3, ref o3);
                LookUp(table, ref b0, ref o0);
                LookUp(table, ref b1, ref o1);
                LookUp(table, ref b2, ref o2);
                LookUp(table, ref b3, ref o3);
                Reload(ref b0, ref i0);
                Reload(ref b1, ref i1);
                Reload(ref b2, ref i2);
                Reload(ref b3, ref i3);
            }
            while (--most > 0);
        }
        inputs[0] = i0;
        inputs[1] = i1;
        inputs[2] = i2;
        inputs[3] = i3;
        outputs[0] = o0;
        outputs[1] = o1;
        outputs[2] = o2;
        outputs[3] = o3;
        (read[0], read[1], read[2], read[3]) = (Consumed(b0), Consumed(b1), Consumed(b2), Consumed(b3));
    }

    // A round ends with the word after it in hand.
    private static long Rounds(byte* input, byte* end, byte* output, byte* outputEnd) =>
        Math.Min((end - input - WordBytes) / MostBytesRead, (outputEnd - output - (WordBytes - MaxEntrySymbols)) / (LookUps * MaxEntrySymbols));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Word(byte* input) => BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(input)) | 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Consumed(ulong bits) => (ulong)BitOperations.TrailingZeroCount(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void LookUp(ulong* table, ref ulong bits, ref byte* output)
    {
        ulong entry = table[bits >> (64 - HuffmanTable.MaxLength)];
        bits <<= (int)entry;
        Unsafe.WriteUnaligned(output, entry >> 8);
        output += entry >> 56;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Reload(ref ulong bits, ref byte* input)
    {
        int consumed = (int)Consumed(bits);
        input += consumed >> 3;
        bits = Word(input) << (consumed & 7);
    }

    // One stream, to its end and to nothing behind it: all bits must have been read but those that fill the last byte.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool Rest(byte* input, byte* end, int bit, byte* output, byte* outputEnd, ulong* table)
    {
        byte* lengths = (byte*)(table + Entries);
        long position = bit, size = (end - input) * 8;
        while (output < outputEnd)
        {
            if (position > size) return false;
            ulong bits = Bits(input + (position >> 3), end) << (int)(position & 7);
            for (int k = 0; k < LookUps && output < outputEnd; k++)
            {
                ulong entry = table[bits >> (64 - HuffmanTable.MaxLength)];
                if (outputEnd - output >= WordBytes)
                {
                    bits <<= (int)entry;
                    position += (long)entry & 63;
                    Unsafe.WriteUnaligned(output, entry >> 8);
                    output += entry >> 56;
                }
                else
                {
                    byte symbol = (byte)(entry >> 8);
                    *output++ = symbol;
                    int length = lengths[symbol];
                    bits <<= length;
                    position += length;
                }
            }
        }
        return position <= size && size - position < 8 && (position == size || (byte)(end[-1] << (int)(8 - (size - position))) == 0);
    }

    // The next bytes, zeros behind the end.
    private static ulong Bits(byte* input, byte* end)
    {
        if (end - input >= WordBytes) return BinaryPrimitives.ReverseEndianness(Unsafe.ReadUnaligned<ulong>(input));
        ulong bits = 0;
        for (int shift = 56; input < end; shift -= 8) bits |= (ulong)*input++ << shift;
        return bits;
    }
}
