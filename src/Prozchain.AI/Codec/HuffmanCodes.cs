using System.Runtime.CompilerServices;

namespace Prozchain.AI.Codec;

/// <summary>
/// What codes are looked up in. One at a time: the length in the lowest six bits, where shifts take their counts from, and the code
/// from bit 8 on. Many at a time: 16-bit words, the code, and its length in the highest four bits; a table of their low bytes, and one
/// of their high bytes. Bytes without a code have the first of the shortest, and a flag in between. Lies on the stack: it is not moved.
/// </summary>
internal unsafe struct HuffmanCodes
{
    /// <summary>Set in the entry of a byte without a code.</summary>
    public const uint MissingCode = 1 << 7;

    /// <summary>Set in the high byte of a word of a byte without a code.</summary>
    public const byte MissingWord = 1 << 3;

    private fixed uint _codes[ByteHistogram.Size];
    private fixed byte _low[ByteHistogram.Size];
    private fixed byte _high[ByteHistogram.Size];

    /// <param name="lengths">Lengths of codes, of <see cref="HuffmanTable"/>.</param>
    public HuffmanCodes(ReadOnlySpan<byte> lengths)
    {
        Span<int> next = stackalloc int[HuffmanTable.MaxLength + 2];
        HuffmanTable.FirstCodes(lengths, next);
        int shortest = HuffmanTable.MaxLength;
        foreach (byte length in lengths)
            if (length != 0) shortest = Math.Min(shortest, length);
        for (int i = 0; i < ByteHistogram.Size; i++)
        {
            bool isMissing = lengths[i] == 0;
            // The first of the shortest codes is zeros.
            int length = isMissing ? shortest : lengths[i], code = isMissing ? 0 : next[length] >> (HuffmanTable.MaxLength - length);
            _codes[i] = (uint)(code << 8 | length) | (isMissing ? MissingCode : 0);
            _low[i] = (byte)code;
            _high[i] = (byte)(length << 4 | code >> 8 | (isMissing ? MissingWord : 0));
            if (!isMissing) next[length] += 1 << (HuffmanTable.MaxLength - length);
        }
    }

    /// <summary>By bytes, one at a time.</summary>
    public readonly uint* Codes => (uint*)Unsafe.AsPointer(ref Unsafe.AsRef(in _codes[0]));

    /// <summary>Low bytes of words.</summary>
    public readonly ReadOnlySpan<byte> Low => new(Unsafe.AsPointer(ref Unsafe.AsRef(in _low[0])), ByteHistogram.Size);

    /// <summary>High bytes of words.</summary>
    public readonly ReadOnlySpan<byte> High => new(Unsafe.AsPointer(ref Unsafe.AsRef(in _high[0])), ByteHistogram.Size);
}
