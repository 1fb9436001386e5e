using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>The definition of convolutions and pools: what every faster path equals bit for bit.</summary>
internal static class ScalarWindows
{
    /// <summary>One instance: y [O, H', W'] = x [C, H, W] convolved with w [O, C / groups, taps], plus bias [O].</summary>
    /// <param name="bias">O values, or none for zero.</param>
    public static void Convolve<TX>(ReadOnlySpan<TX> x, in ConvolutionShape shape, ReadOnlySpan<sbyte> w, ReadOnlySpan<int> bias, Span<int> y)
        where TX : unmanaged, IBinaryInteger<TX>
    {
        WindowShape window = shape.Window;
        int at = 0;
        for (int o = 0; o < shape.OutChannels; o++)
            for (int row = 0; row < window.OutHeight; row++)
                for (int column = 0; column < window.OutWidth; column++)
                {
                    int sum = bias.IsEmpty ? 0 : bias[o], firstChannel = o / shape.GroupOutputs * shape.GroupChannels;
                    for (int c = 0; c < shape.GroupChannels; c++)
                        for (int tap = 0; tap < window.Taps; tap++)
                        {
                            int index = Index(window, row, column, tap);
                            int value = index < 0 ? shape.PadValue : int.CreateTruncating(x[(firstChannel + c) * window.Area + index]);
                            sum += value * w[(o * shape.GroupChannels + c) * window.Taps + tap];
                        }
                    y[at++] = sum;
                }
    }

    /// <summary>The greatest element of each window of one plane; elements outside the plane do not count.</summary>
    public static void MaxPool<T>(ReadOnlySpan<T> x, in WindowShape window, Span<T> y)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        int at = 0;
        for (int row = 0; row < window.OutHeight; row++)
            for (int column = 0; column < window.OutWidth; column++)
            {
                T greatest = T.MinValue;
                for (int tap = 0; tap < window.Taps; tap++)
                    if (Index(window, row, column, tap) is >= 0 and int index) greatest = T.Max(greatest, x[index]);
                y[at++] = greatest;
            }
    }

    /// <summary>The sum of each window of one plane; elements outside the plane count as 0.</summary>
    public static void SumPool<T>(ReadOnlySpan<T> x, in WindowShape window, Span<int> y)
        where T : unmanaged, IBinaryInteger<T>
    {
        int at = 0;
        for (int row = 0; row < window.OutHeight; row++)
            for (int column = 0; column < window.OutWidth; column++)
            {
                int sum = 0;
                for (int tap = 0; tap < window.Taps; tap++)
                    if (Index(window, row, column, tap) is >= 0 and int index) sum += int.CreateTruncating(x[index]);
                y[at++] = sum;
            }
    }

    /// <summary>Where a tap of the window at an output position lies in the plane, or -1 outside it.</summary>
    private static int Index(in WindowShape window, int row, int column, int tap)
    {
        int y = row * window.StrideHeight - window.PadTop + tap / window.KernelWidth * window.DilationHeight;
        int x = column * window.StrideWidth - window.PadLeft + tap % window.KernelWidth * window.DilationWidth;
        return (uint)y < (uint)window.Height && (uint)x < (uint)window.Width ? y * window.Width + x : -1;
    }
}
