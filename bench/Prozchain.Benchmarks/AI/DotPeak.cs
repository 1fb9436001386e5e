using System.Runtime.CompilerServices;
using Prozchain.AI.Kernels;
using Prozchain.Benchmarks.Quick;

namespace Prozchain.Benchmarks.AI;

/// <summary>What the instruction that adds up products can do at all: a loop of it alone, in registers.</summary>
internal static unsafe class DotPeak
{
    private const int Sums = 12, Steps = 100_000;
    private static int s_sink;

    /// <summary>The loop for the lanes that products of bytes take here, and its 10^9 multiply-adds.</summary>
    public static QuickBody Of()
    {
        var loop = new Loop();
        return DotKinds.Call<Loop, QuickBody>(DotKinds.ForBytes, ref loop);
    }

    private static double Products<TLanes>()
        where TLanes : unmanaged, IDotLanes<TLanes> => (double)Steps * Sums * TLanes.Count * TLanes.StepDepth * 1e-9;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TLanes>()
        where TLanes : unmanaged, IDotLanes<TLanes>
    {
        TLanes x = TLanes.Broadcast(0x0101_0101), y = TLanes.Broadcast(0x0302_0104), z = TLanes.Broadcast(0x0102_0304), w = x;
        TLanes a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (int step = 0; step < Steps; step++)
        {
            a = TLanes.Dot(a, x, w);
            b = TLanes.Dot(b, y, w);
            c = TLanes.Dot(c, z, w);
            d = TLanes.Dot(d, x, w);
            e = TLanes.Dot(e, y, w);
            f = TLanes.Dot(f, z, w);
            g = TLanes.Dot(g, x, w);
            h = TLanes.Dot(h, y, w);
            i = TLanes.Dot(i, z, w);
            j = TLanes.Dot(j, x, w);
            k = TLanes.Dot(k, y, w);
            l = TLanes.Dot(l, z, w);
            // Operands that change, or the products would be taken out of the loop; none waits for the sum just made.
            (x, y, z, w) = (b, e, h, a);
        }
        int* sums = stackalloc int[16];
        TLanes.Store(TLanes.Add(TLanes.Add(TLanes.Add(a, b), TLanes.Add(c, d)), TLanes.Add(TLanes.Add(e, f), TLanes.Add(g, h))), sums);
        s_sink = sums[0];
        TLanes.Store(TLanes.Add(TLanes.Add(i, j), TLanes.Add(k, l)), sums);
        s_sink += sums[0];
    }

    private readonly struct Loop : ILaneCall<QuickBody>
    {
        public QuickBody On<TLanes>() where TLanes : unmanaged, IDotLanes<TLanes> => new(Run<TLanes>, Products<TLanes>());
    }
}
