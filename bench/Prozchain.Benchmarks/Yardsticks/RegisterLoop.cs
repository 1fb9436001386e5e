using System.Runtime.CompilerServices;

namespace Prozchain.Benchmarks.Yardsticks;

/// <summary>Arithmetic that touches no memory: what a second core adds to it is what a second core can add at all.</summary>
internal static class RegisterLoop
{
    private static ulong s_sink;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run(int steps)
    {
        ulong a = 1, b = 2, c = 3, d = 4;
        for (int i = 0; i < steps; i += 4)
        {
            a = a * 6364136223846793005 + 1;
            b = b * 6364136223846793005 + 3;
            c = c * 6364136223846793005 + 5;
            d = d * 6364136223846793005 + 7;
        }
        // The result goes somewhere, or there would be no loop; once a run, so that threads do not share a line.
        if ((a ^ b ^ c ^ d) == 42) s_sink++;
    }
}
