using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// The partial rounds of Poseidon2 on states in lanes, laid out as for <see cref="Poseidon2Rounds{TParameters, TLanes}"/>. Element 0 stays in
/// a register apart from the others' sum, so that its S-box overlaps their products with the diagonal, which need no
/// multiplication.
/// </summary>
internal static class Poseidon2Partial<TParameters, TLanes>
    where TParameters : struct, IField31Parameters
    where TLanes : struct, ILanes<TLanes>
{
    private const int Stride = Poseidon2Rounds<TParameters, TLanes>.Stride;

    /// <summary>All partial rounds.</summary>
    /// <param name="state">The states.</param>
    /// <param name="constants">One for each round, less p.</param>
    /// <param name="rounds">How many.</param>
    /// <param name="width">16 or 24.</param>
    /// <param name="boxes">
    /// Takes the output of each round's S-box, a vector each at a distance of 16, for x^7 with the cube of its input before; or null.
    /// </param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ref uint state, ref uint constants, int rounds, int width, ref uint boxes)
    {
        TLanes first = TLanes.Load(ref state), rest = TLanes.Load(ref Unsafe.Add(ref state, Stride));
        for (int i = 2; i < width; i++) rest = Add(rest, TLanes.Load(ref Unsafe.Add(ref state, i * Stride)));
        for (int round = 0; round < rounds; round++)
        {
            first += TLanes.Create(Unsafe.Add(ref constants, round));
            TLanes box = ResidueLanes<TParameters, TLanes>.Power(first);
            if (!Unsafe.IsNullRef(ref boxes)) boxes = ref Record(ref boxes, first, box);
            TLanes sum = Add(rest, box);
            first = ResidueLanes<TParameters, TLanes>.Subtract(sum, Add(box, box));
            rest = Near(ref state, sum);
            rest = Add(rest, Far(ref state, sum, width));
        }
        TLanes.Store(first, ref state);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ref uint Record(ref uint boxes, TLanes input, TLanes box)
    {
        if (typeof(TParameters) != typeof(KoalaBear))
        {
            TLanes.Store(ResidueLanes<TParameters, TLanes>.Cube(input), ref boxes);
            boxes = ref Unsafe.Add(ref boxes, Stride);
        }
        TLanes.Store(box, ref boxes);
        return ref Unsafe.Add(ref boxes, Stride);
    }

    // Elements 1 to 8: 1, 2, 1/2, 3, 4, -1/2, -3, -4. Returns the sum of the new ones.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TLanes Near(ref uint state, TLanes sum)
    {
        TLanes total = Put(ref state, 1, Add(sum, At(ref state, 1)));
        TLanes x = At(ref state, 2);
        total = Add(total, Put(ref state, 2, Add(sum, Add(x, x))));
        total = Add(total, Put(ref state, 3, Add(sum, ResidueLanes<TParameters, TLanes>.Halve(At(ref state, 3)))));
        x = At(ref state, 4);
        total = Add(total, Put(ref state, 4, Add(sum, Add(x, Add(x, x)))));
        x = At(ref state, 5);
        x = Add(x, x);
        total = Add(total, Put(ref state, 5, Add(sum, Add(x, x))));
        total = Add(total, Put(ref state, 6, Subtract(sum, ResidueLanes<TParameters, TLanes>.Halve(At(ref state, 6)))));
        x = At(ref state, 7);
        total = Add(total, Put(ref state, 7, Subtract(sum, Add(x, Add(x, x)))));
        x = At(ref state, 8);
        x = Add(x, x);
        return Add(total, Put(ref state, 8, Subtract(sum, Add(x, x))));
    }

    // The rest of the elements: inverse powers of two, as PoseidonInstance lists them.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TLanes Far(ref uint state, TLanes sum, int width)
    {
        if (typeof(TParameters) == typeof(KoalaBear))
        {
            if (width == 16)
            {
                TLanes total = Add(Plus(ref state, 9, sum, 8), Plus(ref state, 10, sum, 3));
                total = Add(Add(total, Plus(ref state, 11, sum, 24)), Minus(ref state, 12, sum, 8));
                return Add(Add(total, Minus(ref state, 13, sum, 3)), Add(Minus(ref state, 14, sum, 4), Minus(ref state, 15, sum, 24)));
            }
            TLanes plus = Add(Plus(ref state, 9, sum, 8), Plus(ref state, 10, sum, 2));
            plus = Add(Add(plus, Plus(ref state, 11, sum, 3)), Plus(ref state, 12, sum, 4));
            plus = Add(Add(plus, Plus(ref state, 13, sum, 5)), Add(Plus(ref state, 14, sum, 6), Plus(ref state, 15, sum, 24)));
            TLanes minus = Add(Minus(ref state, 16, sum, 8), Minus(ref state, 17, sum, 3));
            minus = Add(Add(minus, Minus(ref state, 18, sum, 4)), Minus(ref state, 19, sum, 5));
            minus = Add(Add(minus, Minus(ref state, 20, sum, 6)), Minus(ref state, 21, sum, 7));
            return Add(Add(plus, minus), Add(Minus(ref state, 22, sum, 9), Minus(ref state, 23, sum, 24)));
        }
        else
        {
            if (width == 16)
            {
                TLanes total = Add(Plus(ref state, 9, sum, 8), Plus(ref state, 10, sum, 2));
                total = Add(Add(total, Plus(ref state, 11, sum, 3)), Plus(ref state, 12, sum, 27));
                return Add(Add(total, Minus(ref state, 13, sum, 8)), Add(Minus(ref state, 14, sum, 4), Minus(ref state, 15, sum, 27)));
            }
            TLanes plus = Add(Plus(ref state, 9, sum, 8), Plus(ref state, 10, sum, 2));
            plus = Add(Add(plus, Plus(ref state, 11, sum, 3)), Plus(ref state, 12, sum, 4));
            plus = Add(Add(plus, Plus(ref state, 13, sum, 7)), Add(Plus(ref state, 14, sum, 9), Plus(ref state, 15, sum, 27)));
            TLanes minus = Add(Minus(ref state, 16, sum, 8), Minus(ref state, 17, sum, 2));
            minus = Add(Add(minus, Minus(ref state, 18, sum, 3)), Minus(ref state, 19, sum, 4));
            minus = Add(Add(minus, Minus(ref state, 20, sum, 5)), Minus(ref state, 21, sum, 6));
            return Add(Add(plus, minus), Add(Minus(ref state, 22, sum, 7), Minus(ref state, 23, sum, 27)));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Plus(ref uint state, int i, TLanes sum, byte n) =>
        Put(ref state, i, Add(sum, ResidueLanes<TParameters, TLanes>.Raise(ResidueLanes<TParameters, TLanes>.Divide(At(ref state, i), n))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Minus(ref uint state, int i, TLanes sum, byte n) =>
        Put(ref state, i, Subtract(sum, ResidueLanes<TParameters, TLanes>.Raise(ResidueLanes<TParameters, TLanes>.Divide(At(ref state, i), n))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes At(ref uint state, int i) => TLanes.Load(ref Unsafe.Add(ref state, i * Stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Put(ref uint state, int i, TLanes value)
    {
        TLanes.Store(value, ref Unsafe.Add(ref state, i * Stride));
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(TLanes left, TLanes right) => ResidueLanes<TParameters, TLanes>.Add(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Subtract(TLanes left, TLanes right) => ResidueLanes<TParameters, TLanes>.Subtract(left, right);
}
