using System.Buffers.Binary;
using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Codec;

/// <summary>
/// Elements of tensors as planes of bytes. A float is first rotated by one bit, so that its sign stands below its mantissa:
/// the highest plane of bf16 and f32 then is the exponent alone, that of f16 the exponent and three bits of mantissa. Other
/// types are one plane, as they are.
/// </summary>
internal static class BytePlanes
{
    /// <summary>Planes that elements of a type have: 1, 2 or 4.</summary>
    public static int CountOf(TensorType type) => type switch
    {
        TensorType.BF16 or TensorType.F16 => 2,
        TensorType.F32 => 4,
        _ => 1,
    };

    /// <summary>Splits elements of two or four bytes.</summary>
    /// <param name="elements">Whole elements, little-endian.</param>
    /// <param name="planes">Receives the planes, the highest byte first, one every <paramref name="stride"/> bytes.</param>
    /// <param name="stride">At least as many as there are elements.</param>
    /// <param name="count">Planes: 2 or 4.</param>
    public static void Split(ReadOnlySpan<byte> elements, Span<byte> planes, int stride, int count)
    {
        int n = elements.Length / count;
        Debug.Assert(count is 2 or 4 && elements.Length % count == 0 && stride >= n && (n == 0 || planes.Length >= (long)stride * (count - 1) + n));
        int done = Avx512BW.IsSupported && n >= 64 ? Split<PlaneLanes512, Vector512<byte>>(elements, planes, stride, count)
            : Avx2.IsSupported && n >= 32 ? Split<PlaneLanes256, Vector256<byte>>(elements, planes, stride, count)
            : Vector128.IsHardwareAccelerated && n >= 16 ? Split<PlaneLanes128, Vector128<byte>>(elements, planes, stride, count)
            : 0;
        for (int i = done; i < n; i++)
        {
            uint word = count == 2
                ? (uint)BinaryPrimitives.ReadUInt16LittleEndian(elements[(2 * i)..]) * 0x10001
                : BinaryPrimitives.ReadUInt32LittleEndian(elements[(4 * i)..]);
            // Two copies of 16 bits, rotated: the upper one stands where the bytes of a word of two planes are taken from.
            word = BitOperations.RotateLeft(word, 1);
            for (int plane = 0; plane < count; plane++) planes[plane * stride + i] = (byte)(word >> (24 - 8 * plane));
        }
    }

    /// <summary>The inverse of <see cref="Split(ReadOnlySpan{byte}, Span{byte}, int, int)"/>, of planes that lie anywhere.</summary>
    public static unsafe void Merge(byte** planes, int count, Span<byte> elements)
    {
        int n = elements.Length / count;
        Debug.Assert(count is 2 or 4 && elements.Length % count == 0);
        int done = Avx512BW.IsSupported && n >= 64 ? Merge<PlaneLanes512, Vector512<byte>>(planes, count, elements)
            : Avx2.IsSupported && n >= 32 ? Merge<PlaneLanes256, Vector256<byte>>(planes, count, elements)
            : Vector128.IsHardwareAccelerated && n >= 16 ? Merge<PlaneLanes128, Vector128<byte>>(planes, count, elements)
            : 0;
        for (int i = done; i < n; i++)
        {
            if (count == 2)
            {
                uint word = (uint)(planes[0][i] << 8 | planes[1][i]) * 0x10001;
                BinaryPrimitives.WriteUInt16LittleEndian(elements[(2 * i)..], (ushort)BitOperations.RotateRight(word, 1));
            }
            else
            {
                uint word = (uint)(planes[0][i] << 24 | planes[1][i] << 16 | planes[2][i] << 8 | planes[3][i]);
                BinaryPrimitives.WriteUInt32LittleEndian(elements[(4 * i)..], BitOperations.RotateRight(word, 1));
            }
        }
    }

    /// <summary>destination = x xor y. The destination may be x.</summary>
    public static void Xor(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, Span<byte> destination)
    {
        Debug.Assert(x.Length == y.Length && destination.Length >= x.Length);
        int done = Avx512BW.IsSupported ? Xor<PlaneLanes512, Vector512<byte>>(x, y, destination)
            : Avx2.IsSupported ? Xor<PlaneLanes256, Vector256<byte>>(x, y, destination)
            : Xor<PlaneLanes128, Vector128<byte>>(x, y, destination);
        for (int i = done; i < x.Length; i++) destination[i] = (byte)(x[i] ^ y[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Split<TLanes, TVector>(ReadOnlySpan<byte> elements, Span<byte> planes, int stride, int count)
        where TLanes : struct, IPlaneLanes<TVector>
        where TVector : struct
    {
        int n = elements.Length / count, i = 0;
        ref byte from = ref MemoryMarshal.GetReference(elements), p0 = ref MemoryMarshal.GetReference(planes);
        ref byte p1 = ref Unsafe.Add(ref p0, stride), p2 = ref Unsafe.Add(ref p1, count == 4 ? stride : 0), p3 = ref Unsafe.Add(ref p2, count == 4 ? stride : 0);
        if (count == 2)
        {
            for (; i <= n - TLanes.Count; i += TLanes.Count)
            {
                ref byte at = ref Unsafe.Add(ref from, 2 * i);
                (TVector odd, TVector even) = TLanes.Deinterleave(TLanes.SignDown16(TLanes.Load(ref at)), TLanes.SignDown16(TLanes.Load(ref Unsafe.Add(ref at, TLanes.Count))));
                TLanes.Store(odd, ref Unsafe.Add(ref p0, i));
                TLanes.Store(even, ref Unsafe.Add(ref p1, i));
            }
            return i;
        }
        for (; i <= n - TLanes.Count; i += TLanes.Count)
        {
            ref byte at = ref Unsafe.Add(ref from, 4 * i);
            TVector a = TLanes.SignDown32(TLanes.Load(ref at)), b = TLanes.SignDown32(TLanes.Load(ref Unsafe.Add(ref at, TLanes.Count)));
            TVector c = TLanes.SignDown32(TLanes.Load(ref Unsafe.Add(ref at, 2 * TLanes.Count))), d = TLanes.SignDown32(TLanes.Load(ref Unsafe.Add(ref at, 3 * TLanes.Count)));
            // Bytes 1 and 3 are at odd places, 0 and 2 at even ones; among each, the same again.
            (TVector odd0, TVector even0) = TLanes.Deinterleave(a, b);
            (TVector odd1, TVector even1) = TLanes.Deinterleave(c, d);
            (TVector byte3, TVector byte1) = TLanes.Deinterleave(odd0, odd1);
            (TVector byte2, TVector byte0) = TLanes.Deinterleave(even0, even1);
            TLanes.Store(byte3, ref Unsafe.Add(ref p0, i));
            TLanes.Store(byte2, ref Unsafe.Add(ref p1, i));
            TLanes.Store(byte1, ref Unsafe.Add(ref p2, i));
            TLanes.Store(byte0, ref Unsafe.Add(ref p3, i));
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe int Merge<TLanes, TVector>(byte** planes, int count, Span<byte> elements)
        where TLanes : struct, IPlaneLanes<TVector>
        where TVector : struct
    {
        int n = elements.Length / count, i = 0;
        ref byte to = ref MemoryMarshal.GetReference(elements);
        byte* p0 = planes[0], p1 = planes[1];
        if (count == 2)
        {
            for (; i <= n - TLanes.Count; i += TLanes.Count)
            {
                (TVector first, TVector second) = TLanes.Interleave(TLanes.Load(ref p0[i]), TLanes.Load(ref p1[i]));
                ref byte at = ref Unsafe.Add(ref to, 2 * i);
                TLanes.Store(TLanes.SignUp16(first), ref at);
                TLanes.Store(TLanes.SignUp16(second), ref Unsafe.Add(ref at, TLanes.Count));
            }
            return i;
        }
        byte* p2 = planes[2], p3 = planes[3];
        for (; i <= n - TLanes.Count; i += TLanes.Count)
        {
            (TVector odd0, TVector odd1) = TLanes.Interleave(TLanes.Load(ref p0[i]), TLanes.Load(ref p2[i]));
            (TVector even0, TVector even1) = TLanes.Interleave(TLanes.Load(ref p1[i]), TLanes.Load(ref p3[i]));
            (TVector a, TVector b) = TLanes.Interleave(odd0, even0);
            (TVector c, TVector d) = TLanes.Interleave(odd1, even1);
            ref byte at = ref Unsafe.Add(ref to, 4 * i);
            TLanes.Store(TLanes.SignUp32(a), ref at);
            TLanes.Store(TLanes.SignUp32(b), ref Unsafe.Add(ref at, TLanes.Count));
            TLanes.Store(TLanes.SignUp32(c), ref Unsafe.Add(ref at, 2 * TLanes.Count));
            TLanes.Store(TLanes.SignUp32(d), ref Unsafe.Add(ref at, 3 * TLanes.Count));
        }
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Xor<TLanes, TVector>(ReadOnlySpan<byte> x, ReadOnlySpan<byte> y, Span<byte> destination)
        where TLanes : struct, IPlaneLanes<TVector>
        where TVector : struct
    {
        int i = 0;
        ref byte a = ref MemoryMarshal.GetReference(x), b = ref MemoryMarshal.GetReference(y), to = ref MemoryMarshal.GetReference(destination);
        for (; i <= x.Length - TLanes.Count; i += TLanes.Count)
            TLanes.Store(TLanes.Xor(TLanes.Load(ref Unsafe.Add(ref a, i)), TLanes.Load(ref Unsafe.Add(ref b, i))), ref Unsafe.Add(ref to, i));
        return i;
    }
}
