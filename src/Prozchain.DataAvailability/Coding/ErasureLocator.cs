using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// The polynomial that vanishes at the erased elements, e(x) = product of (x - y), at every element below n.
/// </summary>
/// <remarks>
/// As x - y is the XOR of indices, the sum of log(x ^ y) over the erased y is an XOR convolution: two Walsh-Hadamard
/// transforms over the n elements in use, not over the field; that of the logarithms is kept for each n. The layers of
/// a transform commute, so that the six low ones of both meet on 64 integers in registers. Sums are modulo 65535, of which
/// 255 is a divisor: one computation for both fields, in which a division by n is a multiplication by a power of two.
/// </remarks>
internal static class ErasureLocator
{
    private const int Block = WalshHadamard.Block, Modulus = 65535, MaxStack = 1024;

    // By field, then by the logarithm of the count: the transform of the logarithms over that count, divided by it.
    private static readonly int[]?[] s_transforms8 = new int[9][], s_transforms16 = new int[17][];

    /// <summary>
    /// Logarithm of e(x), and for an erased x of e'(x), which is the same product without its zero, for each x below n.
    /// Allocates nothing, once the table for n and the shared pool are there.
    /// </summary>
    /// <param name="erased">n entries, a power of two that is at most the order of the field.</param>
    /// <param name="result">n entries, each below the field's <see cref="CantorField.Modulus"/>.</param>
    [SkipLocalsInit]
    public static void Logarithms(CantorField field, ReadOnlySpan<bool> erased, Span<ushort> result)
    {
        // Below 64 the marks are padded with elements that are not erased: the same sums.
        int count = Math.Max(erased.Length, Block);
        int[] transform = Transform(field, count);
        int[]? rented = count > MaxStack ? ArrayPool<int>.Shared.Rent(count) : null;
        Span<int> work = (rented ?? stackalloc int[MaxStack])[..count];

        ReadOnlySpan<byte> marks = MemoryMarshal.AsBytes(erased);
        int marked = 0;
        for (; marked <= marks.Length - Vector256<byte>.Count; marked += Vector256<byte>.Count)
            Widen(Vector256.Create(marks[marked..]), ref work[marked]);
        for (; marked < marks.Length; marked++) work[marked] = marks[marked] != 0 ? 1 : 0;
        work[marked..].Clear();

        WalshHadamard.AcrossBlocks(work);
        for (int start = 0; start < count; start += Block) Meet(ref work[start], ref transform[start]);
        WalshHadamard.AcrossBlocks(work);

        Finish(field, work, result[..erased.Length]);
        if (rented is not null) ArrayPool<int>.Shared.Return(rented);
    }

    // Within 64: the end of the first transform, the product, the start of the second. A sum of n marks with signs is at least
    // -n/2, as it is n at most for the sign that is always plus; so that n = 65536 stays within what each step takes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Meet(ref int work, ref int transform)
    {
        Vector256<int> a = Vector256.LoadUnsafe(ref work), b = Vector256.LoadUnsafe(ref work, 8), c = Vector256.LoadUnsafe(ref work, 16);
        Vector256<int> d = Vector256.LoadUnsafe(ref work, 24), e = Vector256.LoadUnsafe(ref work, 32), f = Vector256.LoadUnsafe(ref work, 40);
        Vector256<int> g = Vector256.LoadUnsafe(ref work, 48), h = Vector256.LoadUnsafe(ref work, 56);
        WalshHadamard.WithinBlock(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
        a = Times(a, ref transform, 0);
        b = Times(b, ref transform, 8);
        c = Times(c, ref transform, 16);
        d = Times(d, ref transform, 24);
        e = Times(e, ref transform, 32);
        f = Times(f, ref transform, 40);
        g = Times(g, ref transform, 48);
        h = Times(h, ref transform, 56);
        WalshHadamard.WithinBlock(ref a, ref b, ref c, ref d, ref e, ref f, ref g, ref h);
        Fold(a).StoreUnsafe(ref work);
        Fold(b).StoreUnsafe(ref work, 8);
        Fold(c).StoreUnsafe(ref work, 16);
        Fold(d).StoreUnsafe(ref work, 24);
        Fold(e).StoreUnsafe(ref work, 32);
        Fold(f).StoreUnsafe(ref work, 40);
        Fold(g).StoreUnsafe(ref work, 48);
        Fold(h).StoreUnsafe(ref work, 56);
    }

    // x from -65535 to 65536 becomes 0 to 65536; times a table's entry below 65535 that is below 2^32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Times(Vector256<int> x, ref int transform, nuint at)
    {
        Vector256<int> product = Fold(x + Vector256.Create(Modulus)) * Vector256.LoadUnsafe(ref transform, at);
        return (product & Vector256.Create(Modulus)) + (product >>> 16);
    }

    // Modulo 65535 the sum of both halves is the same number. The upper half keeps its sign.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Fold(Vector256<int> x) => (x & Vector256.Create(Modulus)) + (x >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Widen(Vector256<byte> marks, ref int target)
    {
        (Vector256<ushort> low, Vector256<ushort> high) = Vector256.Widen(Vector256.Min(marks, Vector256<byte>.One));
        (Vector256<uint> a, Vector256<uint> b) = Vector256.Widen(low);
        (Vector256<uint> c, Vector256<uint> d) = Vector256.Widen(high);
        a.AsInt32().StoreUnsafe(ref target);
        b.AsInt32().StoreUnsafe(ref target, 8);
        c.AsInt32().StoreUnsafe(ref target, 16);
        d.AsInt32().StoreUnsafe(ref target, 24);
    }

    private static void Finish(CantorField field, ReadOnlySpan<int> work, Span<ushort> result)
    {
        bool small = field.Bits == 8;
        Vector256<int> modulus = Vector256.Create(field.Modulus);
        int i = 0;
        for (; i <= result.Length - Vector256<ushort>.Count; i += Vector256<ushort>.Count)
        {
            Vector256<int> low = Reduce(Vector256.Create(work[i..]), modulus, small), high = Reduce(Vector256.Create(work[(i + 8)..]), modulus, small);
            Vector256.Narrow(low.AsUInt32(), high.AsUInt32()).CopyTo(result[i..]);
        }
        for (; i < result.Length; i++) result[i] = (ushort)Reduce(Vector256.CreateScalar(work[i]), modulus, small)[0];
    }

    // From at most 2^27 on either side of zero to 0 .. modulus - 1.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> Reduce(Vector256<int> x, Vector256<int> modulus, bool small)
    {
        x = Fold(Fold(x) + Vector256.Create(Modulus));
        if (small)
        {
            x = (x & modulus) + (x >>> 8);
            x = (x & modulus) + (x >>> 8);
        }
        return x - (Vector256.GreaterThanOrEqual(x, modulus) & modulus);
    }

    private static int[] Transform(CantorField field, int count)
    {
        int bits = BitOperations.Log2((uint)count);
        ref int[]? kept = ref (field.Bits == 8 ? s_transforms8 : s_transforms16)[bits];
        if (Volatile.Read(ref kept) is { } known) return known;

        var sums = new long[count];
        for (int i = 1; i < count; i++) sums[i] = field.Logs[i];
        for (int half = 1; half < count; half *= 2)
        {
            for (int i = 0; i < count; i++)
                if ((i & half) == 0) (sums[i], sums[i + half]) = (sums[i] + sums[i + half], sums[i] - sums[i + half]);
        }
        // 2^16 is 1 modulo 65535, so that 2^(16 - bits) is 1/n.
        var transform = new int[count];
        for (int i = 0; i < count; i++) transform[i] = (int)(((sums[i] % Modulus + Modulus) << (16 - bits)) % Modulus);
        Volatile.Write(ref kept, transform);
        return transform;
    }
}
