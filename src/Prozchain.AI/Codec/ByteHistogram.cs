using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Codec;

/// <summary>How often every byte occurs.</summary>
internal static class ByteHistogram
{
    /// <summary>Distinct bytes: counts that a histogram has.</summary>
    public const int Size = 256;

    private const int Tables = 8;

    // Where nearly all bytes are of sixteen that follow each other, as the exponents of weights are, they are compared with
    // each of the sixteen, many at a time, and others are counted one by one.
    private const int Near = 16, Sampled = 1024, LeastNear = 1000, MinLength = 16 << 10;

    /// <summary>Adds what is in <paramref name="bytes"/> to the counts.</summary>
    /// <param name="counts"><see cref="Size"/> counts.</param>
    public static void Add(ReadOnlySpan<byte> bytes, Span<uint> counts)
    {
        Debug.Assert(counts.Length == Size);
        if (Vector256.IsHardwareAccelerated && bytes.Length >= MinLength && FindNear(bytes) is >= 0 and var first)
        {
            int step = Vector256<byte>.Count * byte.MaxValue;
            for (; bytes.Length >= step; bytes = bytes[step..])
            {
                AddNear<CountOthers>(bytes[..step], (byte)first, counts);
                AddNear<LeaveOthers>(bytes[..step], (byte)(first + Near / 2), counts);
            }
        }
        AddEach(bytes, counts, Tables);
    }

    /// <summary>Adds eight bytes of every <paramref name="step"/>.</summary>
    public static void AddSample(ReadOnlySpan<byte> bytes, Span<uint> counts, int step) => AddEach(bytes, counts, step);

    // The first of the sixteen; -1 if too many bytes are elsewhere.
    private static int FindNear(ReadOnlySpan<byte> bytes)
    {
        Span<int> counts = stackalloc int[Size];
        counts.Clear();
        for (int i = 0; i < Sampled; i++) counts[bytes[(int)((long)bytes.Length * i / Sampled)]]++;
        int sum = 0, most = 0, first = 0;
        for (int i = 0; i < Size; i++)
        {
            sum += counts[i] - (i < Near ? 0 : counts[i - Near]);
            if (sum > most) (most, first) = (sum, Math.Max(i - Near + 1, 0));
        }
        return most >= LeastNear ? first : -1;
    }

    // Counts eight bytes that follow each other, in lanes of a byte: at most 255 vectors.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddNear<TOthers>(ReadOnlySpan<byte> bytes, byte first, Span<uint> counts)
        where TOthers : struct, IOthers
    {
        Vector256<byte> v0 = Vector256.Create(first), v1 = v0 + Vector256<byte>.One, v2 = v1 + Vector256<byte>.One, v3 = v2 + Vector256<byte>.One;
        Vector256<byte> v4 = v3 + Vector256<byte>.One, v5 = v4 + Vector256<byte>.One, v6 = v5 + Vector256<byte>.One, v7 = v6 + Vector256<byte>.One;
        Vector256<byte> c0 = default, c1 = default, c2 = default, c3 = default, c4 = default, c5 = default, c6 = default, c7 = default;
        ref byte from = ref MemoryMarshal.GetReference(bytes);
        for (int at = 0; at < bytes.Length; at += Vector256<byte>.Count)
        {
            Vector256<byte> x = Vector256.LoadUnsafe(ref from, (nuint)at);
            c0 -= Vector256.Equals(x, v0);
            c1 -= Vector256.Equals(x, v1);
            c2 -= Vector256.Equals(x, v2);
            c3 -= Vector256.Equals(x, v3);
            c4 -= Vector256.Equals(x, v4);
            c5 -= Vector256.Equals(x, v5);
            c6 -= Vector256.Equals(x, v6);
            c7 -= Vector256.Equals(x, v7);
            if (!TOthers.AreCounted) continue;
            uint others = Vector256.GreaterThan(x - v0, Vector256.Create((byte)(Near - 1))).ExtractMostSignificantBits();
            for (; others != 0; others &= others - 1) counts[Unsafe.Add(ref from, at + BitOperations.TrailingZeroCount(others))]++;
        }
        Span<uint> eight = counts.Slice(first, Near / 2);
        eight[0] += Sum(c0);
        eight[1] += Sum(c1);
        eight[2] += Sum(c2);
        eight[3] += Sum(c3);
        eight[4] += Sum(c4);
        eight[5] += Sum(c5);
        eight[6] += Sum(c6);
        eight[7] += Sum(c7);
    }

    private static uint Sum(Vector256<byte> lanes) => Vector256.Sum(Vector256.WidenLower(lanes) + Vector256.WidenUpper(lanes));

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void AddEach(ReadOnlySpan<byte> bytes, Span<uint> counts, int step)
    {
        // A table for every byte of eight: equal bytes in a row do not wait for each other's sum.
        uint* table = stackalloc uint[Tables * Size];
        new Span<uint>(table, Tables * Size).Clear();
        for (; bytes.Length >= step; bytes = bytes[step..])
        {
            uint low = BinaryPrimitives.ReadUInt32LittleEndian(bytes), high = BinaryPrimitives.ReadUInt32LittleEndian(bytes[sizeof(uint)..]);
            table[(byte)low]++;
            table[Size + (byte)(low >> 8)]++;
            table[2 * Size + (byte)(low >> 16)]++;
            table[3 * Size + (low >> 24)]++;
            table[4 * Size + (byte)high]++;
            table[5 * Size + (byte)(high >> 8)]++;
            table[6 * Size + (byte)(high >> 16)]++;
            table[7 * Size + (high >> 24)]++;
        }
        foreach (byte b in bytes) table[b]++;
        for (int i = 0; i < Size; i++)
        {
            uint sum = 0;
            for (int t = 0; t < Tables; t++) sum += table[t * Size + i];
            counts[i] += sum;
        }
    }

    /// <summary>Whether a pass counts the bytes that are none of the sixteen.</summary>
    private interface IOthers
    {
        static abstract bool AreCounted { get; }
    }

    private readonly struct CountOthers : IOthers
    {
        public static bool AreCounted => true;
    }

    private readonly struct LeaveOthers : IOthers
    {
        public static bool AreCounted => false;
    }
}
