using System.Runtime.CompilerServices;

namespace Prozchain.AI.Kernels;

/// <summary>
/// How two tensors of different scales are added with one rounding: clamp(floor((x·Mx + y·My + 2^(s-1)) / 2^s) + Z, low, high),
/// in 64 bits. The graph has checked that nothing overflows there.
/// </summary>
/// <param name="MultiplierX">Mx, within ±(2^31 - 1).</param>
/// <param name="MultiplierY">My, within ±(2^31 - 1); negative to subtract.</param>
/// <param name="Shift">s, 1 to 62.</param>
/// <param name="Zero">Z.</param>
/// <param name="Low">The least result.</param>
/// <param name="High">The greatest result.</param>
internal readonly record struct ScaledSum(int MultiplierX, int MultiplierY, int Shift, int Zero, int Low, int High)
{
    /// <summary>The sum of two values.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Apply(int x, int y) =>
        (int)Math.Clamp((((long)x * MultiplierX + (long)y * MultiplierY + (1L << (Shift - 1))) >> Shift) + Zero, Low, High);
}
