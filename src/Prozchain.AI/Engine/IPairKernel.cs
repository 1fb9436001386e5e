namespace Prozchain.AI.Engine;

/// <summary>A kernel over two values, called once for a range of all instances.</summary>
internal interface IPairKernel<TX, TY, TZ>
{
    /// <summary>z[i] of x[i] and y[(i / inner) mod y's length].</summary>
    void Run(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, int inner, Span<TZ> z);
}
