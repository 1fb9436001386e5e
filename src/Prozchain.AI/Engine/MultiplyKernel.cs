using System.Numerics;
using Prozchain.AI.Kernels;

namespace Prozchain.AI.Engine;

/// <summary>A product of elements.</summary>
internal sealed class MultiplyKernel<TX, TY> : IPairKernel<TX, TY, int>
    where TX : unmanaged, IBinaryInteger<TX>
    where TY : unmanaged, IBinaryInteger<TY>
{
    public void Run(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, Span<int> z) => Elements.Multiply(x, y, inner, z);
}
