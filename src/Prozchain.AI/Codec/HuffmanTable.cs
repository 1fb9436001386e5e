using System.Diagnostics;

namespace Prozchain.AI.Codec;

/// <summary>
/// Canonical Huffman codes of at most <see cref="MaxLength"/> bits: their lengths from counts, their codes from their lengths,
/// and how the lengths are written. A table is the length of every byte's code, 0 for bytes without one. Tables are complete:
/// every sequence of bits is one of codes.
/// </summary>
internal static class HuffmanTable
{
    /// <summary>Longest code in bits: a look-up of so many bits finds every code, and as a rule several.</summary>
    public const int MaxLength = 11;

    /// <summary>Most bytes of a written table.</summary>
    public const int MaxWritten = 2 + ByteHistogram.Size / 2;

    /// <summary>The lengths of codes for bytes of these counts.</summary>
    /// <param name="counts">At least two are not zero.</param>
    /// <param name="lengths">Receives 256 lengths.</param>
    public static void Make(ReadOnlySpan<uint> counts, Span<byte> lengths)
    {
        Span<ulong> order = stackalloc ulong[ByteHistogram.Size];
        int n = 0;
        for (int i = 0; i < ByteHistogram.Size; i++)
            if (counts[i] != 0) order[n++] = (ulong)counts[i] << 8 | (uint)i;
        Debug.Assert(n >= 2);
        order = order[..n];
        order.Sort();

        Span<int> ofLength = stackalloc int[ByteHistogram.Size];
        CountLengths(order, ofLength);
        Limit(ofLength);
        lengths.Clear();
        // The rarest bytes have the longest codes.
        for (int length = MaxLength, next = 0; length > 0; length--)
            for (int i = 0; i < ofLength[length]; i++) lengths[(byte)order[next++]] = (byte)length;
    }

    /// <summary>The first code of every length, left-justified to <see cref="MaxLength"/> bits: shorter codes come first.</summary>
    /// <param name="first">Receives <see cref="MaxLength"/> + 2 numbers, by length; the last is 2^<see cref="MaxLength"/> if the table is complete.</param>
    public static void FirstCodes(ReadOnlySpan<byte> lengths, Span<int> first)
    {
        Span<int> ofLength = stackalloc int[MaxLength + 1];
        ofLength.Clear();
        foreach (byte length in lengths) ofLength[length]++;
        first[0] = first[1] = 0;
        for (int length = 1; length <= MaxLength; length++) first[length + 1] = first[length] + (ofLength[length] << (MaxLength - length));
    }

    /// <summary>Bits that the bytes of these counts take.</summary>
    public static long Bits(ReadOnlySpan<uint> counts, ReadOnlySpan<byte> lengths)
    {
        long bits = 0;
        for (int i = 0; i < ByteHistogram.Size; i++) bits += (long)counts[i] * lengths[i];
        return bits;
    }

    /// <summary>Writes a table: the first and the last byte that has a code, and four bits for each byte from one to the other, low bits first.</summary>
    /// <returns>Bytes written, at most <see cref="MaxWritten"/>.</returns>
    public static int Write(ReadOnlySpan<byte> lengths, Span<byte> destination)
    {
        int first = lengths.IndexOfAnyExcept((byte)0), last = lengths.LastIndexOfAnyExcept((byte)0), written = 2;
        (destination[0], destination[1]) = ((byte)first, (byte)last);
        for (int i = first; i <= last; i += 2) destination[written++] = (byte)(lengths[i] | (i < last ? lengths[i + 1] << 4 : 0));
        return written;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <param name="lengths">Receives 256 lengths.</param>
    /// <returns>Bytes read, or 0 if this is no table of a complete code.</returns>
    public static int Read(ReadOnlySpan<byte> source, Span<byte> lengths)
    {
        if (source.Length < 2 || source[0] >= source[1]) return 0;
        int first = source[0], last = source[1], read = 2 + (last - first + 2) / 2, sum = 0;
        if (source.Length < read) return 0;
        lengths.Clear();
        for (int i = 0; i < 2 * (read - 2); i++)
        {
            int length = source[2 + i / 2] >> (i % 2 * 4) & 15;
            if (length > MaxLength || (length != 0 && first + i > last)) return 0;
            if (length == 0) continue;
            lengths[first + i] = (byte)length;
            sum += 1 << (MaxLength - length);
        }
        return sum == 1 << MaxLength ? read : 0;
    }

    // How many codes of each length Huffman's algorithm gives: two queues, leaves in order and nodes in the order that they
    // are made in.
    private static void CountLengths(ReadOnlySpan<ulong> order, Span<int> ofLength)
    {
        int n = order.Length, leaf = 0, node = 0;
        Span<ulong> weights = stackalloc ulong[n];
        Span<short> parents = stackalloc short[2 * n];
        for (int made = 0; made < n - 1; made++)
        {
            ulong sum = 0;
            for (int pick = 0; pick < 2; pick++)
            {
                bool takeLeaf = leaf < n && (node >= made || order[leaf] >> 8 <= weights[node]);
                sum += takeLeaf ? order[leaf] >> 8 : weights[node];
                parents[takeLeaf ? leaf++ : n + node++] = (short)(n + made);
            }
            weights[made] = sum;
        }
        // From the root down; a node's parent was made after it.
        Span<byte> depths = stackalloc byte[2 * n];
        ofLength.Clear();
        depths[2 * n - 2] = 0;
        for (int i = 2 * n - 3; i >= 0; i--)
        {
            depths[i] = (byte)(depths[parents[i]] + 1);
            if (i < n) ofLength[depths[i]]++;
        }
    }

    // Too long codes are cut; then, until the table is complete again, one code of the longest goes and takes its place as
    // the brother of a shorter one.
    private static void Limit(Span<int> ofLength)
    {
        for (int length = MaxLength + 1; length < ofLength.Length; length++) ofLength[MaxLength] += ofLength[length];
        int total = 0;
        for (int length = 1; length <= MaxLength; length++) total += ofLength[length] << (MaxLength - length);
        for (; total > 1 << MaxLength; total--)
        {
            int length = MaxLength - 1;
            while (ofLength[length] == 0) length--;
            ofLength[MaxLength]--;
            ofLength[length]--;
            ofLength[length + 1] += 2;
        }
    }
}
