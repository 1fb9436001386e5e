using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Codec;

/// <summary>
/// Huffman codes of two streams at once, by AVX-512: eight codes of each are put together in a word of 64 bits, 64 codes at a time;
/// then the words of both are written in turns.
/// </summary>
internal static unsafe class HuffmanPacker
{
    private const int Step = 64, Word = 8, Words = Step / Word, MaxSteps = 16;

    // Words of one stream; behind them as many lengths, and behind those the other stream's.
    private const int Part = MaxSteps * Words;

    // What a writer takes at once.
    private const int MaxBits = 56;

    /// <summary>Whether this machine can.</summary>
    public static bool IsSupported => ByteMap512.IsSupported;

    /// <summary>Writes as many codes of both streams as go by 64.</summary>
    /// <param name="length">Bytes that both streams have at least.</param>
    /// <returns>How many bytes of each were written.</returns>
    [SkipLocalsInit]
    public static int Pack(byte* first, byte* second, int length, in HuffmanCodes tables, ref BitWriter firstWriter, ref BitWriter secondWriter, ref HuffmanExceptions missed)
    {
        // Aligned, so that no vector straddles two cache lines.
        byte* buffer = stackalloc byte[(4 * Part + 2 * MaxSteps) * sizeof(ulong) + Step];
        ulong* values = (ulong*)(buffer + (-(nint)buffer & (Step - 1))), others = values + 2 * Part, places = values + 4 * Part, otherPlaces = places + MaxSteps;
        int done = 0;
        for (int steps; (steps = Math.Min((length - done) / Step, MaxSteps)) > 0; done += steps * Step)
        {
            byte* from = first + done, other = second + done;
            Join(from, steps, tables, values, places);
            Join(other, steps, tables, others, otherPlaces);
            Write(from, other, values, values + steps * Words, tables, ref firstWriter, ref secondWriter);
            AddMissing(from, places, steps, ref missed);
            AddMissing(other, otherPlaces, steps, ref missed);
        }
        return done;
    }

    // Codes in words of 16 bits, then two words in one of 32, two of these in one of 64, and two of these again: eight codes, of
    // which nothing is true if they have more than 64 bits.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Join(byte* from, int steps, in HuffmanCodes tables, ulong* values, ulong* places)
    {
        ByteMap512 low = new(tables.Low), high = new(tables.High);
        for (int step = 0; step < steps; step++)
        {
            Vector512<byte> symbols = Vector512.Load(from + step * Step), lows = low.LookUp(symbols), highs = high.LookUp(symbols);
            places[step] = (highs.AsUInt16() << 4).AsByte().ExtractMostSignificantBits();
            (Vector512<ulong> value0, Vector512<ulong> length0) = Fours(Avx512BW.UnpackLow(lows, highs).AsUInt16());
            (Vector512<ulong> value1, Vector512<ulong> length1) = Fours(Avx512BW.UnpackHigh(lows, highs).AsUInt16());
            Vector512<ulong> second = Avx512F.UnpackHigh(length0, length1);
            (Avx512F.ShiftLeftLogicalVariable(Avx512F.UnpackLow(value0, value1), second) | Avx512F.UnpackHigh(value0, value1)).Store(values + step * Words);
            (Avx512F.UnpackLow(length0, length1) + second).Store(values + Part + step * Words);
        }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Write(byte* from, byte* other, ulong* values, ulong* end, in HuffmanCodes tables, ref BitWriter first, ref BitWriter second)
    {
        BitWriter a = first, b = second;
        for (ulong* at = values; at < end; at++)
        {
            ulong length = at[Part], otherLength = at[3 * Part];
            // One test for both, which as good as always has the same outcome: one is more than 56.
            if (((length + (63 - MaxBits)) | (otherLength + (63 - MaxBits))) > 63)
            {
                // Copies: what has an address is kept in memory.
                (BitWriter x, BitWriter y) = (a, b);
                WriteEach(from + (at - values) * Word, tables, ref x);
                WriteEach(other + (at - values) * Word, tables, ref y);
                (a, b) = (x, y);
                continue;
            }
            a.Write(*at, length);
            b.Write(at[2 * Part], otherLength);
        }
        (first, second) = (a, b);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteEach(byte* from, in HuffmanCodes tables, ref BitWriter writer)
    {
        for (int i = 0; i < Word; i++)
        {
            uint code = tables.Codes[from[i]];
            writer.Write(code >> 8, code & 63);
        }
    }

    private static void AddMissing(byte* from, ulong* places, int steps, ref HuffmanExceptions missed)
    {
        for (int step = 0; step < steps; step++)
            for (ulong left = places[step]; left != 0; left &= left - 1) missed.Add(from + step * Step + BitOperations.TrailingZeroCount(left));
    }
}
