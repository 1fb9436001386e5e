using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// Eight sums of products of 16-bit polynomials: a row's symbols with the eight limbs of their coefficients. Products are
/// added up unreduced: 31 bits each, and sums without carries stay there.
/// </summary>
internal static class RlcKernel<TLanes, TVector>
    where TLanes : struct, ICarrylessLanes<TVector>
    where TVector : unmanaged
{
    /// <param name="symbols">A multiple of <see cref="RlcCoefficients.Group"/>.</param>
    /// <param name="coefficients">For each group of symbols the eight limbs, of each as many as symbols, with neighbours swapped.</param>
    /// <param name="sums">Eight; the products are added to them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(ReadOnlySpan<ushort> symbols, ReadOnlySpan<ushort> coefficients, Span<uint> sums)
    {
        const int Group = RlcCoefficients.Group;
        Debug.Assert(symbols.Length % Group == 0 && coefficients.Length == 8 * symbols.Length && sums.Length == 8);
        TVector s0 = default, s1 = default, s2 = default, s3 = default, s4 = default, s5 = default, s6 = default, s7 = default;
        ref ushort s = ref MemoryMarshal.GetReference(symbols), c = ref MemoryMarshal.GetReference(coefficients);
        for (int group = 0; group < symbols.Length; group += Group)
        {
            for (int at = 0; at < Group; at += TLanes.Count)
            {
                TVector x = TLanes.Load(ref Unsafe.Add(ref s, group + at));
                ref ushort y = ref Unsafe.Add(ref c, 8 * group + at);
                s0 = TLanes.MultiplyAdd(s0, x, TLanes.Load(ref y));
                s1 = TLanes.MultiplyAdd(s1, x, TLanes.Load(ref Unsafe.Add(ref y, Group)));
                s2 = TLanes.MultiplyAdd(s2, x, TLanes.Load(ref Unsafe.Add(ref y, 2 * Group)));
                s3 = TLanes.MultiplyAdd(s3, x, TLanes.Load(ref Unsafe.Add(ref y, 3 * Group)));
                s4 = TLanes.MultiplyAdd(s4, x, TLanes.Load(ref Unsafe.Add(ref y, 4 * Group)));
                s5 = TLanes.MultiplyAdd(s5, x, TLanes.Load(ref Unsafe.Add(ref y, 5 * Group)));
                s6 = TLanes.MultiplyAdd(s6, x, TLanes.Load(ref Unsafe.Add(ref y, 6 * Group)));
                s7 = TLanes.MultiplyAdd(s7, x, TLanes.Load(ref Unsafe.Add(ref y, 7 * Group)));
            }
        }
        sums[0] ^= TLanes.Fold(s0);
        sums[1] ^= TLanes.Fold(s1);
        sums[2] ^= TLanes.Fold(s2);
        sums[3] ^= TLanes.Fold(s3);
        sums[4] ^= TLanes.Fold(s4);
        sums[5] ^= TLanes.Fold(s5);
        sums[6] ^= TLanes.Fold(s6);
        sums[7] ^= TLanes.Fold(s7);
    }
}
