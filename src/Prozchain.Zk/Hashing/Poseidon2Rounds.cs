using System.Runtime.CompilerServices;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Lanes;

namespace Prozchain.Zk.Hashing;

/// <summary>
/// The layers of Poseidon2 on states in lanes: element i of all states is the vector at i * 16, and stays reduced between
/// layers. Constants come less p, so that the sum of one and an element needs no reduction before an S-box.
/// </summary>
/// <remarks>
/// All S-boxes come before the matrix: they depend on nothing but their own element, so that the machine always has
/// products to do, where the additions of a block would wait for its last S-box. No layer is inlined: a caller that took
/// several in would use up what the JIT inlines in one method, and leave calls for single additions.
/// </remarks>
internal static class Poseidon2Rounds<TParameters, TLanes>
    where TParameters : struct, IField31Parameters
    where TLanes : struct, ILanes<TLanes>
{
    public const int Stride = 16;

    /// <summary>The external matrix: circ(2, 3, 1, 1) on each four, then to each the sum over all fours.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void External(ref uint state, int width)
    {
        TLanes s0 = TLanes.Create(0), s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < width; i += 4)
        {
            ref uint at = ref Unsafe.Add(ref state, i * Stride);
            s0 = Add(s0, TLanes.Load(ref at));
            s1 = Add(s1, TLanes.Load(ref Unsafe.Add(ref at, Stride)));
            s2 = Add(s2, TLanes.Load(ref Unsafe.Add(ref at, 2 * Stride)));
            s3 = Add(s3, TLanes.Load(ref Unsafe.Add(ref at, 3 * Stride)));
        }
        Mix(ref state, width, s0, s1, s2, s3);
    }

    /// <summary>A full round.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Full(ref uint state, ref uint constants, int width)
    {
        TLanes s0 = TLanes.Create(0), s1 = s0, s2 = s0, s3 = s0;
        for (int i = 0; i < width; i += 4)
        {
            ref uint at = ref Unsafe.Add(ref state, i * Stride);
            ref uint c = ref Unsafe.Add(ref constants, i);
            s0 = Add(s0, SBox(ref at, ref c));
            s1 = Add(s1, SBox(ref Unsafe.Add(ref at, Stride), ref Unsafe.Add(ref c, 1)));
            s2 = Add(s2, SBox(ref Unsafe.Add(ref at, 2 * Stride), ref Unsafe.Add(ref c, 2)));
            s3 = Add(s3, SBox(ref Unsafe.Add(ref at, 3 * Stride), ref Unsafe.Add(ref c, 3)));
        }
        Mix(ref state, width, s0, s1, s2, s3);
    }

    /// <summary>The cubes of the inputs of a full round's S-boxes, laid out as the state.</summary>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Cubes(ref uint state, ref uint constants, int width, ref uint cubes)
    {
        for (int i = 0; i < width; i++)
            TLanes.Store(ResidueLanes<TParameters, TLanes>.Cube(TLanes.Load(ref Unsafe.Add(ref state, i * Stride)) + TLanes.Create(Unsafe.Add(ref constants, i))), ref Unsafe.Add(ref cubes, i * Stride));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes SBox(ref uint element, ref uint constant)
    {
        TLanes box = ResidueLanes<TParameters, TLanes>.Power(TLanes.Load(ref element) + TLanes.Create(constant));
        TLanes.Store(box, ref element);
        return box;
    }

    // To each element the sum of its place over all fours, then the block: the same as the block first, and one pass less.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Mix(ref uint state, int width, TLanes s0, TLanes s1, TLanes s2, TLanes s3)
    {
        for (int i = 0; i < width; i += 4)
        {
            ref uint at = ref Unsafe.Add(ref state, i * Stride);
            TLanes a = Add(TLanes.Load(ref at), s0), b = Add(TLanes.Load(ref Unsafe.Add(ref at, Stride)), s1);
            TLanes c = Add(TLanes.Load(ref Unsafe.Add(ref at, 2 * Stride)), s2), d = Add(TLanes.Load(ref Unsafe.Add(ref at, 3 * Stride)), s3);
            TLanes ab = Add(a, b), cd = Add(c, d), all = Add(ab, cd), allB = Add(all, b), allD = Add(all, d);
            // 2a + 3b + c + d, a + 2b + 3c + d, a + b + 2c + 3d, 3a + b + c + 2d.
            TLanes.Store(Add(allB, ab), ref at);
            TLanes.Store(Add(allB, Add(c, c)), ref Unsafe.Add(ref at, Stride));
            TLanes.Store(Add(allD, cd), ref Unsafe.Add(ref at, 2 * Stride));
            TLanes.Store(Add(allD, Add(a, a)), ref Unsafe.Add(ref at, 3 * Stride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes Add(TLanes left, TLanes right) => ResidueLanes<TParameters, TLanes>.Add(left, right);
}
