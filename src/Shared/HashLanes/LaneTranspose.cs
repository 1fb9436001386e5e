using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>Between rows (one message after the other) and lanes (one word of every message, then the next word).</summary>
internal static class LaneTranspose
{
    /// <summary>
    /// Four words of four rows: word w of row r goes to <paramref name="to"/>[w * <paramref name="toStride"/> + r].
    /// No bounds are checked: 16 bytes are read at each row.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Words(ref byte row0, ref byte row1, ref byte row2, ref byte row3, ref uint to, nint toStride)
    {
        Vector128<uint> a = Vector128.LoadUnsafe(ref row0).AsUInt32(), b = Vector128.LoadUnsafe(ref row1).AsUInt32();
        Vector128<uint> c = Vector128.LoadUnsafe(ref row2).AsUInt32(), d = Vector128.LoadUnsafe(ref row3).AsUInt32();
        Vector128<ulong> ab = Low(a, b).AsUInt64(), cd = Low(c, d).AsUInt64();
        Low(ab, cd).AsUInt32().StoreUnsafe(ref to);
        High(ab, cd).AsUInt32().StoreUnsafe(ref Unsafe.Add(ref to, toStride));
        (ab, cd) = (High(a, b).AsUInt64(), High(c, d).AsUInt64());
        Low(ab, cd).AsUInt32().StoreUnsafe(ref Unsafe.Add(ref to, 2 * toStride));
        High(ab, cd).AsUInt32().StoreUnsafe(ref Unsafe.Add(ref to, 3 * toStride));
    }

    /// <summary>Four words of <paramref name="count"/> messages, a multiple of four: word w of message i to 4 * count bytes * w, lane i.</summary>
    public static void Load(ref byte messages, ref nint offsets, int count, int step, ref uint words)
    {
        for (int lane = 0; lane < count; lane += 4)
        {
            ref nint at = ref Unsafe.Add(ref offsets, lane * step);
            Words(
                ref Unsafe.AddByteOffset(ref messages, at), ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref at, step)),
                ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref at, 2 * step)), ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref at, 3 * step)),
                ref Unsafe.Add(ref words, lane), count);
        }
    }

    /// <summary>The inverse of <see cref="Load"/>.</summary>
    public static void Store(ref uint words, int count, ref byte messages, ref nint offsets, int step)
    {
        Span<uint> rows = stackalloc uint[16];
        for (int lane = 0; lane < count; lane += 4)
        {
            ref uint from = ref Unsafe.Add(ref words, lane);
            Words(
                ref Unsafe.As<uint, byte>(ref from), ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref from, count)),
                ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref from, 2 * count)), ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref from, 3 * count)), ref rows[0], 4);
            for (int i = 0; i < 4; i++)
            {
                Vector128<uint> a = Vector128.LoadUnsafe(ref rows[4 * i]);
                a.AsByte().StoreUnsafe(ref Unsafe.AddByteOffset(ref messages, Unsafe.Add(ref offsets, (lane + i) * step)));
            }
        }
    }

    /// <summary>Four words at one offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<uint> Row(ref byte messages, nint offset) => Vector128.LoadUnsafe(ref Unsafe.AddByteOffset(ref messages, offset)).AsUInt32();

    /// <summary>Two 64-bit words of two rows, likewise.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Quads(ref byte row0, ref byte row1, ref ulong to, nint toStride)
    {
        Vector128<ulong> a = Vector128.LoadUnsafe(ref row0).AsUInt64(), b = Vector128.LoadUnsafe(ref row1).AsUInt64();
        Low(a, b).StoreUnsafe(ref to);
        High(a, b).StoreUnsafe(ref Unsafe.Add(ref to, toStride));
    }

    /// <summary>
    /// Writes eight words of each of <paramref name="count"/> lanes as 32 bytes a row: digests out of lanes.
    /// </summary>
    /// <param name="lanes">Word w of lane r at w * <paramref name="width"/> + r, <paramref name="width"/> of 1, 4, 8 or 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Digests(ref uint lanes, int width, int count, Span<byte> to)
    {
        int lane = 0;
        ref byte first = ref System.Runtime.InteropServices.MemoryMarshal.GetReference(to[..(32 * count)]);
        for (; lane + 4 <= count; lane += 4)
            for (int half = 0; half < 2; half++)
            {
                ref uint from = ref Unsafe.Add(ref lanes, 4 * half * width + lane);
                Words(
                    ref Unsafe.As<uint, byte>(ref from), ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref from, width)),
                    ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref from, 2 * width)), ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref from, 3 * width)),
                    ref Unsafe.As<byte, uint>(ref Unsafe.Add(ref first, 32 * lane + 16 * half)), 8);
            }
        for (; lane < count; lane++)
            for (int word = 0; word < 8; word++)
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref first, 32 * lane + 4 * word), Unsafe.Add(ref lanes, word * width + lane));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> Low(Vector128<uint> a, Vector128<uint> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<uint> High(Vector128<uint> a, Vector128<uint> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> Low(Vector128<ulong> a, Vector128<ulong> b) =>
        Sse2.IsSupported ? Sse2.UnpackLow(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(a, b) : Vector128.Create(a[0], b[0]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<ulong> High(Vector128<ulong> a, Vector128<ulong> b) =>
        Sse2.IsSupported ? Sse2.UnpackHigh(a, b) : AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(a, b) : Vector128.Create(a[1], b[1]);
}
