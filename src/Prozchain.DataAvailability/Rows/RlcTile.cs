using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.DataAvailability.Coding;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// The RLCs of 64 rows at once by GF2P8AFFINEQB, the product of an 8 × 8 bit matrix and eight bytes: the matrix is one
/// byte of eight rows, the bytes are masks that say which of its bits enter which bits of the RLC. In a vector of 64 bytes
/// the matrix is repeated eight times, so two products give all 128 bits of eight rows.
/// </summary>
internal static class RlcTile
{
    /// <summary>Rows of a tile.</summary>
    public const int Rows = 64;

    /// <summary>Bytes of masks for each byte of a row: one for each bit of an RLC.</summary>
    public const int MasksSize = 128;

    private const int Groups = 8, Span = 256;

    public static bool IsSupported => BitConverter.IsLittleEndian && Gfni.V512.IsSupported && Avx512F.IsSupported && Avx512BW.IsSupported;

    /// <summary>
    /// The masks of a row's bytes, in the order of the row. The result of a product is a bit matrix too, bytes by bits of the RLC and
    /// bits by rows; that its transpose comes out in order, byte 7 - b of eight is the mask for bit b.
    /// </summary>
    /// <param name="limbs">Eight limbs for each symbol of a row, in coordinates.</param>
    public static byte[] Masks(ReadOnlySpan<ushort> limbs)
    {
        var masks = new byte[limbs.Length / RlcCoefficients.Limbs * 2 * MasksSize];
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(masks.AsSpan());
        CantorField field = CantorField.Gf16;
        ReadOnlySpan<ushort> logs = field.Logs;
        for (int i = 0; i < limbs.Length; i++)
        {
            if (limbs[i] == 0) continue;
            int symbol = i / RlcCoefficients.Limbs, limb = i % RlcCoefficients.Limbs, log = logs[limbs[i]];
            for (int half = 0; half < 2; half++)
            {
                // The limb times each bit of the byte, low bytes and high bytes apart.
                ulong low = 0, high = 0;
                for (int bit = 0; bit < 8; bit++)
                {
                    int product = field.Exp(log + logs[1 << (8 * half + bit)]);
                    low |= (ulong)(byte)product << (8 * bit);
                    high |= (ulong)(product >> 8) << (8 * bit);
                }
                int position = symbol / 32 * 64 + symbol % 32 + 32 * half, at = position * (MasksSize / sizeof(ulong)) + 2 * limb;
                words[at] = Transposed(low);
                words[at + 1] = Transposed(high);
            }
        }
        return masks;
    }

    /// <summary>The RLCs of 64 rows.</summary>
    /// <param name="rows">The rows, one after the other.</param>
    /// <param name="size">Bytes of each, a multiple of 64.</param>
    /// <param name="masks">Of every byte of a row.</param>
    /// <param name="values">64 × 16 bytes.</param>
    [SkipLocalsInit]
    public static void Combine(ReadOnlySpan<byte> rows, int size, ReadOnlySpan<byte> masks, Span<byte> values)
    {
        Debug.Assert(rows.Length == Rows * size && masks.Length == size * MasksSize && values.Length == Rows * RlcCoefficients.ValueSize);
        Span<ulong> matrices = stackalloc ulong[Span * Groups];
        Span<Vector512<byte>> sums = stackalloc Vector512<byte>[2 * Groups];
        sums.Clear();
        for (int from = 0; from < size; from += Span)
        {
            int count = Math.Min(Span, size - from);
            Gather(rows[from..], size, count, matrices);
            Accumulate(matrices[..(count * Groups)], masks.Slice(from * MasksSize, count * MasksSize), sums);
        }
        // Multiplied by the unit vectors, a matrix is transposed: eight bytes, one a row.
        Vector512<byte> units = Vector512.Create(0x8040_2010_0804_0201UL).AsByte();
        for (int i = 0; i < sums.Length; i++) sums[i] = Gfni.V512.GaloisFieldAffineTransform(units, sums[i], 0);
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(sums);
        for (int row = 0; row < Rows; row++)
            for (int at = 0; at < RlcCoefficients.ValueSize; at++)
                values[row * RlcCoefficients.ValueSize + at] = bytes[row / 8 * MasksSize + 8 * at + 7 - row % 8];
    }

    /// <summary>Byte p of eight rows to one word: words [p * 8 + g] for rows 8g to 8g + 7.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gather(ReadOnlySpan<byte> rows, int size, int count, Span<ulong> matrices)
    {
        ref byte first = ref MemoryMarshal.GetReference(rows);
        ref ulong to = ref MemoryMarshal.GetReference(matrices);
        for (int group = 0; group < Groups; group++)
        {
            ref byte row = ref Unsafe.Add(ref first, (nint)(8 * group) * size);
            for (int at = 0; at < count; at += 16)
            {
                Vector128<byte> r0 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at)), r1 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + size));
                Vector128<byte> r2 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + 2 * size)), r3 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + 3 * size));
                Vector128<byte> r4 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + 4 * size)), r5 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + 5 * size));
                Vector128<byte> r6 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + 6 * size)), r7 = Vector128.LoadUnsafe(ref Unsafe.Add(ref row, at + 7 * size));
                ref ulong word = ref Unsafe.Add(ref to, at * Groups + group);
                Words(Sse2.UnpackLow(r0, r1).AsUInt16(), Sse2.UnpackLow(r2, r3).AsUInt16(), Sse2.UnpackLow(r4, r5).AsUInt16(), Sse2.UnpackLow(r6, r7).AsUInt16(), ref word);
                Words(Sse2.UnpackHigh(r0, r1).AsUInt16(), Sse2.UnpackHigh(r2, r3).AsUInt16(), Sse2.UnpackHigh(r4, r5).AsUInt16(), Sse2.UnpackHigh(r6, r7).AsUInt16(), ref Unsafe.Add(ref word, 8 * Groups));
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Words(Vector128<ushort> r01, Vector128<ushort> r23, Vector128<ushort> r45, Vector128<ushort> r67, ref ulong to)
    {
        Vector128<uint> low03 = Sse2.UnpackLow(r01, r23).AsUInt32(), high03 = Sse2.UnpackHigh(r01, r23).AsUInt32();
        Vector128<uint> low47 = Sse2.UnpackLow(r45, r67).AsUInt32(), high47 = Sse2.UnpackHigh(r45, r67).AsUInt32();
        Pair(Sse2.UnpackLow(low03, low47).AsUInt64(), ref to);
        Pair(Sse2.UnpackHigh(low03, low47).AsUInt64(), ref Unsafe.Add(ref to, 2 * Groups));
        Pair(Sse2.UnpackLow(high03, high47).AsUInt64(), ref Unsafe.Add(ref to, 4 * Groups));
        Pair(Sse2.UnpackHigh(high03, high47).AsUInt64(), ref Unsafe.Add(ref to, 6 * Groups));

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static void Pair(Vector128<ulong> words, ref ulong to)
        {
            to = words.GetElement(0);
            Unsafe.Add(ref to, Groups) = words.GetElement(1);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Accumulate(ReadOnlySpan<ulong> matrices, ReadOnlySpan<byte> masks, Span<Vector512<byte>> sums)
    {
        ref ulong matrix = ref MemoryMarshal.GetReference(matrices);
        ref byte mask = ref MemoryMarshal.GetReference(masks);
        Vector512<byte> a0 = sums[0], a1 = sums[1], b0 = sums[2], b1 = sums[3], c0 = sums[4], c1 = sums[5], d0 = sums[6], d1 = sums[7];
        Vector512<byte> e0 = sums[8], e1 = sums[9], f0 = sums[10], f1 = sums[11], g0 = sums[12], g1 = sums[13], h0 = sums[14], h1 = sums[15];
        for (int at = 0; at < matrices.Length; at += Groups)
        {
            Vector512<byte> low = Vector512.LoadUnsafe(ref mask), high = Vector512.LoadUnsafe(ref mask, 64);
            mask = ref Unsafe.Add(ref mask, MasksSize);
            ref ulong m = ref Unsafe.Add(ref matrix, at);
            Vector512<byte> x = Vector512.Create(m).AsByte();
            a0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            a1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 1)).AsByte();
            b0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            b1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 2)).AsByte();
            c0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            c1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 3)).AsByte();
            d0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            d1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 4)).AsByte();
            e0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            e1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 5)).AsByte();
            f0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            f1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 6)).AsByte();
            g0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            g1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
            x = Vector512.Create(Unsafe.Add(ref m, 7)).AsByte();
            h0 ^= Gfni.V512.GaloisFieldAffineTransform(low, x, 0);
            h1 ^= Gfni.V512.GaloisFieldAffineTransform(high, x, 0);
        }
        (sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6], sums[7]) = (a0, a1, b0, b1, c0, c1, d0, d1);
        (sums[8], sums[9], sums[10], sums[11], sums[12], sums[13], sums[14], sums[15]) = (e0, e1, f0, f1, g0, g1, h0, h1);
    }

    /// <summary>Byte 7 - b of the result gathers bit b of the eight bytes, that of byte i in bit i.</summary>
    private static ulong Transposed(ulong bits)
    {
        ulong swap = (bits ^ (bits >> 7)) & 0x00AA_00AA_00AA_00AA;
        bits ^= swap ^ (swap << 7);
        swap = (bits ^ (bits >> 14)) & 0x0000_CCCC_0000_CCCC;
        bits ^= swap ^ (swap << 14);
        swap = (bits ^ (bits >> 28)) & 0x0000_0000_F0F0_F0F0;
        bits ^= swap ^ (swap << 28);
        return BinaryPrimitives.ReverseEndianness(bits);
    }
}
