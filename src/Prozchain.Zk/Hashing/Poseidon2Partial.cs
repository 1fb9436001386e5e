using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// The partial rounds of Poseidon2 on states in lanes, laid out as for <see cref="Poseidon2Rounds{TParameters, TLanes}"/>.
/// </summary>
/// <remarks>
/// The internal matrix adds the sum s of all elements to each one's product with its factor, so that elements meet in sums
/// only, and a pair with the factors d and -d can be kept as half its sum: h = (a + b) / 2 becomes s + d (a - b) / 2, and one
/// round later, with the new s, s + d^2 h. Two rounds' values h of a pair thus take turns, each with one product by d^2, where
/// the elements apart would take two products, two sums and two additions to the total every round. d^2 is a power of two or
/// small: no product needs reduction in lanes of 64 bits. Element 0 goes through the S-box and never waits for the rest.
/// Values are low (see <see cref="ResidueLanes{TParameters, TLanes}"/>), where an exact quotient by 2^n takes four operations.
/// </remarks>
internal static class Poseidon2Partial<TParameters, TLanes>
    where TParameters : struct, IField31Parameters
    where TLanes : struct, ILanes<TLanes>
{
    private const int Stride = Poseidon2Rounds<TParameters, TLanes>.Stride, Pairs = Poseidon2Pairs<TParameters>.MaxCount;

    /// <summary>All partial rounds.</summary>
    /// <param name="core">The instance.</param>
    /// <param name="state">The states.</param>
    /// <param name="boxes">
    /// Takes the output of each round's S-box, a vector each at a distance of 16, for x^7 with the cube of its input before; or null.
    /// </param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static unsafe void Run(Poseidon2Core<TParameters> core, ref uint state, ref uint boxes)
    {
        // Each pair's value of this round, then those of the round before; vectors on cache lines.
        uint* room = stackalloc uint[(2 * Pairs + 1) * Stride];
        ref uint newer = ref Unsafe.AsRef<uint>((void*)(((nuint)room + 63) & ~(nuint)63)), older = ref Unsafe.Add(ref newer, Pairs * Stride);
        int width = core.Instance.Width;
        TLanes p = TLanes.Create(TParameters.Modulus);
        TLanes rest = Sum(ref state, width) - p;
        Split(core.Pairs.All, ref state, ref newer, ref older);
        for (int i = 1; i < width; i++) Put(ref state, i, At(ref state, i) - p);
        TLanes box = TLanes.Create(0), before = At(ref state, 0) - p;
        ref uint constant = ref core.LaneConstants[core.FirstPartial];
        for (int round = 0; round < core.Instance.PartialRounds; round++)
        {
            // What is in parentheses does not wait for the S-box before.
            TLanes input = Raise(before + TLanes.Create(Unsafe.Add(ref constant, round))) - box;
            box = ResidueLanes<TParameters, TLanes>.Power(input);
            if (!Unsafe.IsNullRef(ref boxes))
            {
                if (typeof(TParameters) != typeof(KoalaBear))
                {
                    TLanes.Store(ResidueLanes<TParameters, TLanes>.Cube(input), ref boxes);
                    boxes = ref Unsafe.Add(ref boxes, Stride);
                }
                TLanes.Store(box, ref boxes);
                boxes = ref Unsafe.Add(ref boxes, Stride);
            }
            before = rest;
            TLanes sum = Raise(rest + box), low = sum - p;
            // Pairs of 1/2, 3, 4 and 1/2^8.
            TLanes pairs = AddLow(AddLow(Plus(ref older, 0, sum, 2), Scaled(ref older, 1, low, 9)), AddLow(Scaled(ref older, 2, low, 16), Plus(ref older, 3, sum, 16)));
            TLanes singles = Put(ref state, 1, Lower(sum + At(ref state, 1)));
            TLanes twice = At(ref state, 2);
            singles = AddLow(singles, Put(ref state, 2, Lower(sum + AddLow(twice, twice))));
            if (typeof(TParameters) == typeof(KoalaBear))
            {
                if (width == 16)
                {
                    pairs = AddLow(pairs, AddLow(Plus(ref older, 4, sum, 6), Last(ref older, 5, sum)));
                    singles = AddLow(singles, Minus(ref state, 14, low, 4));
                }
                else
                {
                    pairs = AddLow(pairs, AddLow(Plus(ref older, 4, sum, 6), Plus(ref older, 5, sum, 8)));
                    pairs = AddLow(pairs, AddLow(AddLow(Plus(ref older, 6, sum, 10), Plus(ref older, 7, sum, 12)), Last(ref older, 8, sum)));
                    singles = AddLow(singles, AddLow(Plus(ref state, 10, sum, 2), AddLow(Minus(ref state, 21, low, 7), Minus(ref state, 22, low, 9))));
                }
            }
            else if (width == 16)
            {
                pairs = AddLow(pairs, Last(ref older, 4, sum));
                singles = AddLow(singles, AddLow(AddLow(Plus(ref state, 10, sum, 2), Plus(ref state, 11, sum, 3)), Minus(ref state, 14, low, 4)));
            }
            else
            {
                pairs = AddLow(pairs, AddLow(Plus(ref older, 4, sum, 4), Plus(ref older, 5, sum, 6)));
                pairs = AddLow(pairs, AddLow(AddLow(Plus(ref older, 6, sum, 8), Plus(ref older, 7, sum, 14)), Last(ref older, 8, sum)));
                singles = AddLow(singles, AddLow(Plus(ref state, 14, sum, 9), AddLow(Minus(ref state, 20, low, 5), Minus(ref state, 21, low, 6))));
            }
            rest = AddLow(singles, AddLow(pairs, pairs));
            ref uint other = ref newer;
            newer = ref older;
            older = ref other;
        }
        for (int i = 1; i < width; i++) Put(ref state, i, At(ref state, i) + p);
        Join(core.Pairs.All, ref state, ref newer, ref older);
        Put(ref state, 0, ResidueLanes<TParameters, TLanes>.Lift(before - box) + p);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static TLanes Sum(ref uint state, int width)
    {
        TLanes sum = At(ref state, 1);
        for (int i = 2; i < width; i++) sum = ResidueLanes<TParameters, TLanes>.Add(sum, At(ref state, i));
        return sum;
    }

    // Before the first round: h, and the h of the round before, for which s is zero: (a - b) / 2d.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Split(ReadOnlySpan<Poseidon2Pairs<TParameters>.Pair> pairs, ref uint state, ref uint newer, ref uint older)
    {
        for (int i = 0; i < pairs.Length; i++)
        {
            TLanes a = At(ref state, pairs[i].Plus), b = At(ref state, pairs[i].Minus);
            Put(ref newer, i, ResidueLanes<TParameters, TLanes>.DivideLow(Lower(a + b - TLanes.Create(TParameters.Modulus)), 1));
            Put(ref older, i, Lower(ResidueLanes<TParameters, TLanes>.Multiply(a - b, pairs[i].HalfInverse)));
        }
    }

    // After the last round: h and d times the older one are half the sum and half the difference.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void Join(ReadOnlySpan<Poseidon2Pairs<TParameters>.Pair> pairs, ref uint state, ref uint newer, ref uint older)
    {
        for (int i = 0; i < pairs.Length; i++)
        {
            TLanes sum = At(ref newer, i), difference = Raise(ResidueLanes<TParameters, TLanes>.Multiply(At(ref older, i), pairs[i].Factor));
            Put(ref state, pairs[i].Plus, Raise(sum + difference));
            Put(ref state, pairs[i].Minus, ResidueLanes<TParameters, TLanes>.Lift(sum - difference) + TLanes.Create(TParameters.Modulus));
        }
    }

    // A pair of the square root of a factor.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Scaled(ref uint older, int i, TLanes low, uint factor) =>
        Put(ref older, i, Lower(low + ResidueLanes<TParameters, TLanes>.ScaleLow(At(ref older, i), factor)));

    // The pair of the least power of two there is a short quotient by: its square needs two.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Last(ref uint older, int i, TLanes sum)
    {
        byte n = (byte)TParameters.TwoAdicity;
        return Put(ref older, i, Lower(sum + ResidueLanes<TParameters, TLanes>.DivideLow(ResidueLanes<TParameters, TLanes>.DivideLow(At(ref older, i), n), n)));
    }

    // A pair of 2^(-n/2), or an element of 2^-n.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Plus(ref uint state, int i, TLanes sum, byte n) => Put(ref state, i, Lower(sum + ResidueLanes<TParameters, TLanes>.DivideLow(At(ref state, i), n)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Minus(ref uint state, int i, TLanes low, byte n) => Put(ref state, i, Lower(low - ResidueLanes<TParameters, TLanes>.DivideLow(At(ref state, i), n)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes At(ref uint state, int i) => TLanes.Load(ref Unsafe.Add(ref state, i * Stride));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Put(ref uint state, int i, TLanes value)
    {
        TLanes.Store(value, ref Unsafe.Add(ref state, i * Stride));
        return value;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes AddLow(TLanes left, TLanes right) => ResidueLanes<TParameters, TLanes>.AddLow(left, right);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Lower(TLanes value) => ResidueLanes<TParameters, TLanes>.Lower(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Raise(TLanes value) => ResidueLanes<TParameters, TLanes>.Raise(value);
}
