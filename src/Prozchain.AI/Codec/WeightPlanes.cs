using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.AI.Codec;

/// <summary>
/// bf16 elements as a plane of bytes that are worth a code, and packed bits that are not: seven bits of exponent and the highest
/// of the mantissa in a byte, the other six of the mantissa and the sign in seven bits. An element is rotated left by one bit and
/// a bias is taken from its exponent; then it fits if its highest bit is 0. Eight elements' low bits are seven bytes, those of
/// the first element lowest, little-endian; what the last seven bytes have too many is 0.
/// </summary>
internal static unsafe class WeightPlanes
{
    private const int LowBits = 7, Group = 8, Wide = 64, WideLow = Wide / Group * LowBits;

    /// <summary>Bytes of the low bits of so many elements.</summary>
    public static int LowBytes(int elements) => (elements + Group - 1) / Group * LowBits;

    /// <summary>Splits elements.</summary>
    /// <param name="elements">Whole elements, little-endian.</param>
    /// <param name="bias">What is taken from every exponent, modulo 256.</param>
    /// <param name="high">Receives a byte for each element.</param>
    /// <param name="low">Receives <see cref="LowBytes"/>.</param>
    /// <returns>Whether all elements fit; if not, what was written means nothing.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Split(ReadOnlySpan<byte> elements, byte bias, Span<byte> high, Span<byte> low)
    {
        int n = elements.Length / 2, i = 0, seen = 0;
        Debug.Assert(elements.Length % 2 == 0 && high.Length >= n && low.Length >= LowBytes(n));
        fixed (byte* from = elements, toHigh = high, toLow = low)
        {
            if (Avx512Vbmi.IsSupported) seen = SplitWide(from, n, bias, toHigh, toLow, out i);
            if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
            {
                Vector128<ushort> biases = Vector128.Create((ushort)(bias << 8)), all = default;
                for (; i <= n - Group; i += Group)
                {
                    Vector128<ushort> x = Vector128.Load(from + 2 * i).AsUInt16();
                    x = ((x << 1) | (x >>> 15)) - biases;
                    all |= x;
                    Vector128.Narrow(x >>> LowBits & Vector128.Create((ushort)0xFF), default).GetLower().Store(toHigh + i);
                    Put(toLow + i / Group * LowBits, Pack(Vector128.Narrow(x & Vector128.Create((ushort)0x7F), default).AsUInt64().ToScalar()));
                }
                for (int k = 0; k < Vector128<ushort>.Count; k++) seen |= all[k];
            }
            for (; i < n; i += Group)
            {
                ulong bits = 0;
                for (int k = 0; k < Math.Min(Group, n - i); k++)
                {
                    ushort x = BinaryPrimitives.ReadUInt16LittleEndian(elements[(2 * (i + k))..]);
                    x = (ushort)((ushort)(x << 1 | x >> 15) - (bias << 8));
                    seen |= x;
                    toHigh[i + k] = (byte)(x >> LowBits);
                    bits |= (ulong)(x & 0x7F) << (LowBits * k);
                }
                Put(toLow + i / Group * LowBits, bits);
            }
        }
        return (seen & 0x8000) == 0;
    }

    /// <summary>The inverse of <see cref="Split"/>.</summary>
    /// <param name="high">A byte for each element.</param>
    /// <param name="low"><see cref="LowBytes"/>.</param>
    /// <returns>False if bits are set that belong to no element.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Merge(byte* high, byte* low, byte bias, Span<byte> elements)
    {
        int n = elements.Length / 2, i = 0;
        Debug.Assert(elements.Length % 2 == 0);
        fixed (byte* to = elements)
        {
            if (Avx512Vbmi.IsSupported) i = MergeWide(high, low, bias, to, n);
            if (Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian)
            {
                Vector128<ushort> biases = Vector128.Create((ushort)(bias << 8));
                for (; i <= n - Group; i += Group)
                {
                    Vector128<ushort> highs = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(high + i)).AsByte());
                    Vector128<ushort> lows = Vector128.WidenLower(Vector128.CreateScalarUnsafe(Unpack(Get(low + i / Group * LowBits))).AsByte());
                    Vector128<ushort> x = (highs << LowBits | lows) + biases;
                    ((x >>> 1) | (x << 15)).AsByte().Store(to + 2 * i);
                }
            }
            for (; i < n; i += Group)
            {
                ulong bits = Get(low + i / Group * LowBits);
                int count = Math.Min(Group, n - i);
                for (int k = 0; k < count; k++, bits >>= LowBits)
                {
                    var x = (ushort)((high[i + k] << LowBits | (int)(bits & 0x7F)) + (bias << 8));
                    BinaryPrimitives.WriteUInt16LittleEndian(elements[(2 * (i + k))..], (ushort)(x >> 1 | x << 15));
                }
                if (bits != 0) return false;
            }
        }
        return true;
    }

    /// <summary>Replaces the high byte of one element.</summary>
    public static void SetHigh(Span<byte> element, byte high, byte bias)
    {
        ushort x = BinaryPrimitives.ReadUInt16LittleEndian(element);
        x = (ushort)((high << LowBits | ((ushort)(x << 1 | x >> 15) & 0x7F)) + (bias << 8));
        BinaryPrimitives.WriteUInt16LittleEndian(element, (ushort)(x >> 1 | x << 15));
    }

    // Eight bytes of which seven are stored; what lies behind them stays.
    private static void Put(byte* to, ulong bits)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(to, sizeof(uint)), (uint)bits);
        BinaryPrimitives.WriteUInt32LittleEndian(new Span<byte>(to + LowBits - sizeof(uint), sizeof(uint)), (uint)(bits >> 24));
    }

    private static ulong Get(byte* from) =>
        BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(from, sizeof(uint)))
        | (ulong)BinaryPrimitives.ReadUInt32LittleEndian(new ReadOnlySpan<byte>(from + LowBits - sizeof(uint), sizeof(uint))) << 24;

    // Seven bits of each byte moved together: by pairs, by fours, by eights.
    private static ulong Pack(ulong bytes)
    {
        bytes = (bytes & 0x007F007F_007F007F) | (bytes & 0x7F007F00_7F007F00) >> 1;
        bytes = (bytes & 0x00003FFF_00003FFF) | (bytes & 0x3FFF0000_3FFF0000) >> 2;
        return (bytes & 0x00000000_0FFFFFFF) | (bytes & 0x0FFFFFFF_00000000) >> 4;
    }

    private static ulong Unpack(ulong bits)
    {
        bits = (bits & 0x0FFFFFFF) | (bits & 0x00FFFFFF_F0000000) << 4;
        bits = (bits & 0x00003FFF_00003FFF) | (bits & 0x0FFFC000_0FFFC000) << 2;
        return (bits & 0x007F007F_007F007F) | (bits & 0x3F803F80_3F803F80) << 1;
    }

    // 64 elements at a time, but for the last ones: eight bytes too many are written, which are the next group's.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SplitWide(byte* from, int n, byte bias, byte* high, byte* low, out int done)
    {
        Vector512<ushort> biases = Vector512.Create((ushort)(bias << 8)), all = default;
        Vector512<byte> even = Vector512<byte>.Indices * 2, pairs = Vector512.Create((ushort)0x8001).AsByte(), low7 = Vector512.Create((byte)0x7F);
        Vector512<short> quads = Vector512.Create(0x40000001).AsInt16();
        Vector512<byte> sevens = Sevens();
        int i = 0;
        for (; i <= n - 2 * Wide; i += Wide)
        {
            Vector512<ushort> x = Vector512.Load(from + 2 * i).AsUInt16(), y = Vector512.Load(from + 2 * i + Wide).AsUInt16();
            x = ((x << 1) | (x >>> 15)) - biases;
            y = ((y << 1) | (y >>> 15)) - biases;
            all |= x | y;
            Avx512Vbmi.PermuteVar64x8x2((x >>> LowBits).AsByte(), even, (y >>> LowBits).AsByte()).Store(high + i);
            Vector512<byte> lows = Avx512Vbmi.PermuteVar64x8x2(x.AsByte(), even, y.AsByte()) & low7;
            Vector512<ulong> fours = Avx512BW.MultiplyAddAdjacent(Avx512BW.MultiplyAddAdjacent(pairs, lows.AsSByte()), quads).AsUInt64();
            Vector512<ulong> eights = (fours & Vector512.Create(0x0FFFFFFFUL)) | ((fours & Vector512.Create(0x0FFFFFFF_00000000UL)) >>> 4);
            Avx512Vbmi.PermuteVar64x8(eights.AsByte(), sevens).Store(low + i / Group * LowBits);
        }
        done = i;
        ushort seen = 0;
        for (int k = 0; k < Vector512<ushort>.Count; k++) seen |= all[k];
        return seen;
    }

    // Reads eight bytes of low bits too many.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int MergeWide(byte* high, byte* low, byte bias, byte* to, int n)
    {
        Vector512<ushort> biases = Vector512.Create((ushort)(bias << 8));
        Vector512<byte> eights = Eights(), low7 = Vector512.Create((byte)0x7F), shifts = Vector512.Create(0x312A231C_150E0700UL).AsByte();
        int i = 0;
        for (; i <= n - 2 * Wide; i += Wide)
        {
            Vector512<ulong> bits = Avx512Vbmi.PermuteVar64x8(Vector512.Load(low + i / Group * LowBits), eights).AsUInt64();
            Vector512<byte> highs = Vector512.Load(high + i), lows = Avx512Vbmi.MultiShift(shifts, bits) & low7;
            Vector512<ushort> x = (Vector512.WidenLower(highs) << LowBits | Vector512.WidenLower(lows)) + biases;
            Vector512<ushort> y = (Vector512.WidenUpper(highs) << LowBits | Vector512.WidenUpper(lows)) + biases;
            ((x >>> 1) | (x << 15)).AsByte().Store(to + 2 * i);
            ((y >>> 1) | (y << 15)).AsByte().Store(to + 2 * i + Wide);
        }
        return i;
    }

    // Places that put seven bytes of every eight together, and that take them apart.
    private static Vector512<byte> Sevens()
    {
        byte* places = stackalloc byte[Wide];
        for (int k = 0; k < Wide; k++) places[k] = (byte)(k < WideLow ? k / LowBits * Group + k % LowBits : 0);
        return Vector512.Load(places);
    }

    private static Vector512<byte> Eights()
    {
        byte* places = stackalloc byte[Wide];
        for (int k = 0; k < Wide; k++) places[k] = (byte)(k / Group * LowBits + k % Group);
        return Vector512.Load(places);
    }
}
