using System.Diagnostics;

namespace Prozchain.AI.Engine;

/// <summary>The floor of a square root, checked.</summary>
internal static class IntegerRoot
{
    /// <summary>The r ≥ 0 with r² ≤ v &lt; (r + 1)². v is in [0, 2^62).</summary>
    /// <exception cref="UnreachableException">The check failed: a bug of this library.</exception>
    public static long Floor(long v)
    {
        if (v == 0) return 0;
        // Newton's iteration from above: it falls until it is at the floor (Cohen 1993, algorithm 1.7.1).
        long r = 1L << ((66 - System.Numerics.BitOperations.LeadingZeroCount((ulong)v)) / 2);
        while (true)
        {
            long next = (r + v / r) >> 1;
            if (next >= r) break;
            r = next;
        }
        if (r * r > v || v >= (r + 1) * (r + 1)) throw new UnreachableException($"The root of {v} came out as {r}.");
        return r;
    }
}
