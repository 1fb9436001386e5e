using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>
/// The Walsh-Hadamard transform of integers, its layers in two halves that may be done in either order: those across
/// blocks of 64, in place, and the six within a block, in registers. Neither divides, and both are their own inverse but for
/// a factor. An integer grows by a bit a layer; the caller sees to it that 32 are enough.
/// </summary>
internal static class WalshHadamard
{
    /// <summary>Integers of a block, in eight vectors.</summary>
    public const int Block = 64;

    private static Vector256<int> Negative4
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(0, 0, 0, 0, -1, -1, -1, -1);
    }

    private static Vector256<int> Negative2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(0, 0, -1, -1, 0, 0, -1, -1);
    }

    private static Vector256<int> Negative1
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector256.Create(0, -1, 0, -1, 0, -1, 0, -1);
    }

    /// <summary>The layers of 64 and above, two at a time.</summary>
    /// <param name="values">A power of two of them, at least 64.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AcrossBlocks(Span<int> values)
    {
        ref int first = ref MemoryMarshal.GetReference(values);
        int half = Block;
        for (; 4 * half <= values.Length; half *= 4)
        {
            for (int start = 0; start < values.Length; start += 4 * half)
            {
                for (int i = start; i < start + half; i += Vector256<int>.Count)
                {
                    ref int at = ref Unsafe.Add(ref first, i);
                    Vector256<int> a = Vector256.LoadUnsafe(ref at), b = Vector256.LoadUnsafe(ref at, (nuint)half);
                    Vector256<int> c = Vector256.LoadUnsafe(ref at, (nuint)(2 * half)), d = Vector256.LoadUnsafe(ref at, (nuint)(3 * half));
                    Butterfly(ref a, ref b);
                    Butterfly(ref c, ref d);
                    Butterfly(ref a, ref c);
                    Butterfly(ref b, ref d);
                    a.StoreUnsafe(ref at);
                    b.StoreUnsafe(ref at, (nuint)half);
                    c.StoreUnsafe(ref at, (nuint)(2 * half));
                    d.StoreUnsafe(ref at, (nuint)(3 * half));
                }
            }
        }
        if (half >= values.Length) return;
        for (int i = 0; i < half; i += Vector256<int>.Count)
        {
            ref int at = ref Unsafe.Add(ref first, i);
            Vector256<int> a = Vector256.LoadUnsafe(ref at), b = Vector256.LoadUnsafe(ref at, (nuint)half);
            Butterfly(ref a, ref b);
            a.StoreUnsafe(ref at);
            b.StoreUnsafe(ref at, (nuint)half);
        }
    }

    /// <summary>The six layers below 64, on the eight vectors of a block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void WithinBlock(
        ref Vector256<int> a, ref Vector256<int> b, ref Vector256<int> c, ref Vector256<int> d,
        ref Vector256<int> e, ref Vector256<int> f, ref Vector256<int> g, ref Vector256<int> h)
    {
        (a, b, c, d) = (WithinVector(a), WithinVector(b), WithinVector(c), WithinVector(d));
        (e, f, g, h) = (WithinVector(e), WithinVector(f), WithinVector(g), WithinVector(h));
        Butterfly(ref a, ref b);
        Butterfly(ref c, ref d);
        Butterfly(ref e, ref f);
        Butterfly(ref g, ref h);
        Butterfly(ref a, ref c);
        Butterfly(ref b, ref d);
        Butterfly(ref e, ref g);
        Butterfly(ref f, ref h);
        Butterfly(ref a, ref e);
        Butterfly(ref b, ref f);
        Butterfly(ref c, ref g);
        Butterfly(ref d, ref h);
    }

    // A lane's partner, plus the lane itself, or minus it where it is the upper one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> WithinVector(Vector256<int> x)
    {
        x = Vector256.Shuffle(x, Vector256.Create(4, 5, 6, 7, 0, 1, 2, 3)) + ((x ^ Negative4) - Negative4);
        x = Vector256.Shuffle(x, Vector256.Create(2, 3, 0, 1, 6, 7, 4, 5)) + ((x ^ Negative2) - Negative2);
        return Vector256.Shuffle(x, Vector256.Create(1, 0, 3, 2, 5, 4, 7, 6)) + ((x ^ Negative1) - Negative1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Butterfly(ref Vector256<int> a, ref Vector256<int> b) => (a, b) = (a + b, a - b);
}
