using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Codec;

/// <summary>
/// Bytes as four bits each: which of fifteen values it is, or 15 for another. In blocks, as <see cref="HuffmanEncoder.BlockSymbols"/>
/// cuts them: rows of 128 bytes in 64, the first half of a row in the low bits and the second in the high ones, the last row
/// filled up with zeros; then the count of the block's escapes, 16 bits, and for each the place in the block, 16 bits, and the byte.
/// </summary>
internal static class PaletteCode
{
    /// <summary>Values that have a number of four bits.</summary>
    public const int Values = 15;

    private const int RowSymbols = 128, RowBytes = 64, CountBytes = 2, EscapeBytes = 3;

    /// <summary>Takes the values that occur most; among equals the greater.</summary>
    /// <param name="palette"><see cref="Values"/> values; those that are not needed are 0.</param>
    /// <returns>How many bytes are none of them.</returns>
    public static long Choose(ReadOnlySpan<uint> counts, Span<byte> palette)
    {
        Span<ulong> order = stackalloc ulong[ByteHistogram.Size];
        for (int i = 0; i < order.Length; i++) order[i] = (ulong)counts[i] << 8 | (uint)i;
        order.Sort();
        palette.Clear();
        long escapes = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int rank = order.Length - 1 - i;
            if (rank >= Values) escapes += (long)(order[i] >> 8);
            else if (order[i] >> 8 != 0) palette[rank] = (byte)order[i];
        }
        return escapes;
    }

    /// <summary>Bytes of a plane's blocks.</summary>
    public static long Size(int length, long escapes)
    {
        long blocks = ((long)length + HuffmanEncoder.BlockSymbols - 1) / HuffmanEncoder.BlockSymbols;
        return blocks * CountBytes + escapes * EscapeBytes + ((long)length + RowSymbols - 1) / RowSymbols * RowBytes;
    }

    /// <summary>Encodes a plane.</summary>
    /// <param name="destination">At least <see cref="Size"/> bytes.</param>
    /// <returns>Bytes written.</returns>
    public static int Encode(ReadOnlySpan<byte> plane, ReadOnlySpan<byte> palette, Span<byte> destination)
    {
        Span<byte> numbers = stackalloc byte[ByteHistogram.Size];
        numbers.Fill(Values);
        for (int i = Values - 1; i >= 0; i--) numbers[palette[i]] = (byte)i;
        int at = 0;
        for (; !plane.IsEmpty; plane = plane[Math.Min(plane.Length, HuffmanEncoder.BlockSymbols)..])
            at += EncodeBlock(plane[..Math.Min(plane.Length, HuffmanEncoder.BlockSymbols)], numbers, destination[at..]);
        return at;
    }

    /// <summary>Decodes one block.</summary>
    /// <param name="block">Begins with the block; more may follow.</param>
    /// <param name="destination">As many bytes as the block codes.</param>
    /// <returns>Bytes that the block takes, or 0 if it ends too early or names a place that it does not have.</returns>
    public static int Decode(ReadOnlySpan<byte> block, ReadOnlySpan<byte> palette, Span<byte> destination)
    {
        Debug.Assert(destination.Length <= HuffmanEncoder.BlockSymbols);
        int rows = (destination.Length + RowSymbols - 1) / RowSymbols, size = rows * RowBytes + CountBytes;
        if (block.Length < size) return 0;
        int escapes = BinaryPrimitives.ReadUInt16LittleEndian(block[(size - CountBytes)..]);
        if ((block.Length - size) / EscapeBytes < escapes) return 0;

        Span<byte> values = stackalloc byte[Values + 1], last = stackalloc byte[RowSymbols];
        palette[..Values].CopyTo(values);
        values[Values] = 0;
        int whole = destination.Length / RowSymbols;
        ExpandRows(block, values, destination, whole);
        if (whole < rows)
        {
            ExpandRows(block[(whole * RowBytes)..], values, last, 1);
            last[..(destination.Length - whole * RowSymbols)].CopyTo(destination[(whole * RowSymbols)..]);
        }
        for (int i = 0; i < escapes; i++, size += EscapeBytes)
        {
            int place = BinaryPrimitives.ReadUInt16LittleEndian(block[size..]);
            if (place >= destination.Length) return 0;
            destination[place] = block[size + 2];
        }
        return size;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int EncodeBlock(ReadOnlySpan<byte> plane, ReadOnlySpan<byte> numbers, Span<byte> destination)
    {
        Span<byte> last = stackalloc byte[RowSymbols];
        ByteMap512 map = ByteMap512.IsSupported ? new ByteMap512(numbers) : default;
        int at = 0, rows = (plane.Length + RowSymbols - 1) / RowSymbols, escapes = rows * RowBytes + CountBytes, count = 0;
        for (int row = 0; row < rows; row++)
        {
            scoped ReadOnlySpan<byte> symbols = plane[(row * RowSymbols)..];
            if (symbols.Length < RowSymbols)
            {
                // What fills the row up has a number, so that it is no escape.
                last.Fill((byte)numbers.IndexOf((byte)0));
                symbols.CopyTo(last);
                symbols = last;
            }
            bool hasEscapes = false;
            if (ByteMap512.IsSupported)
            {
                Vector512<byte> low = map.LookUp(Vector512.Create(symbols)), high = map.LookUp(Vector512.Create(symbols[RowBytes..]));
                hasEscapes = Vector512.EqualsAny(Vector512.Max(low, high), Vector512.Create((byte)Values));
                (low | (high.AsUInt16() << 4).AsByte()).CopyTo(destination[at..]);
            }
            else
            {
                for (int i = 0; i < RowBytes; i++)
                {
                    int low = numbers[symbols[i]], high = numbers[symbols[RowBytes + i]];
                    hasEscapes |= Math.Max(low, high) == Values;
                    destination[at + i] = (byte)(low | high << 4);
                }
            }
            at += RowBytes;
            if (!hasEscapes) continue;
            for (int i = 0; i < RowSymbols; i++)
            {
                if (numbers[symbols[i]] != Values) continue;
                BinaryPrimitives.WriteUInt16LittleEndian(destination[escapes..], (ushort)(row * RowSymbols + i));
                destination[escapes + 2] = symbols[i];
                escapes += EscapeBytes;
                count++;
            }
        }
        BinaryPrimitives.WriteUInt16LittleEndian(destination[at..], (ushort)count);
        return escapes;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ExpandRows(ReadOnlySpan<byte> from, ReadOnlySpan<byte> values, Span<byte> to, int rows)
    {
        Debug.Assert(from.Length >= rows * RowBytes && to.Length >= rows * RowSymbols);
        ref byte source = ref MemoryMarshal.GetReference(from), target = ref MemoryMarshal.GetReference(to);
        Vector128<byte> table = Vector128.Create(values);
        for (int row = 0; row < rows; row++, source = ref Unsafe.Add(ref source, RowBytes), target = ref Unsafe.Add(ref target, RowSymbols))
        {
            if (Avx512BW.IsSupported)
            {
                Vector512<byte> wide = Vector512.Create(table), both = Vector512.LoadUnsafe(ref source), mask = Vector512.Create((byte)15);
                Avx512BW.Shuffle(wide, both & mask).StoreUnsafe(ref target);
                Avx512BW.Shuffle(wide, (both.AsUInt16() >>> 4).AsByte() & mask).StoreUnsafe(ref target, RowBytes);
            }
            else if (Avx2.IsSupported)
            {
                Vector256<byte> wide = Vector256.Create(table), mask = Vector256.Create((byte)15);
                for (nuint i = 0; i < RowBytes; i += 32)
                {
                    Vector256<byte> both = Vector256.LoadUnsafe(ref source, i);
                    Avx2.Shuffle(wide, both & mask).StoreUnsafe(ref target, i);
                    Avx2.Shuffle(wide, (both.AsUInt16() >>> 4).AsByte() & mask).StoreUnsafe(ref target, RowBytes + i);
                }
            }
            else if (Vector128.IsHardwareAccelerated)
            {
                // pshufb where there is SSSE3, tbl on Arm, where it ran under emulation (eng/arm64.sh), never on hardware.
                for (nuint i = 0; i < RowBytes; i += 16)
                {
                    Vector128<byte> both = Vector128.LoadUnsafe(ref source, i), mask = Vector128.Create((byte)15);
                    Vector128.ShuffleNative(table, both & mask).StoreUnsafe(ref target, i);
                    Vector128.ShuffleNative(table, (both.AsUInt16() >>> 4).AsByte() & mask).StoreUnsafe(ref target, RowBytes + i);
                }
            }
            else
            {
                for (int i = 0; i < RowBytes; i++)
                {
                    byte both = Unsafe.Add(ref source, i);
                    Unsafe.Add(ref target, i) = values[both & 15];
                    Unsafe.Add(ref target, RowBytes + i) = values[both >> 4];
                }
            }
        }
    }
}
