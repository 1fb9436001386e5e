using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>A scaled sum.</summary>
internal sealed class ScaledSumKernel<TX, TY, TZ>(ScaledSum sum) : IPairKernel<TX, TY, TZ>
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
    where TZ : unmanaged, IBinaryInteger<TZ>
{
    public void Run(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, Span<TZ> z) => Elements.AddScaled(x, y, inner, sum, z);
}
