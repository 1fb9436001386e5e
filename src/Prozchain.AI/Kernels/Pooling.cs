using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Pools over planes that lie one behind another, exactly as <see cref="ScalarWindows"/>; a caller with many threads gives
/// each some of the planes. Nothing is allocated once the shared pool of arrays is warm.
/// </summary>
internal static unsafe class Pooling
{
    /// <summary>Elements that may be read beyond a padded plane.</summary>
    private const int Slack = 64;

    /// <summary>The greatest element of each window; elements outside the plane do not count.</summary>
    /// <param name="x">Any number of planes.</param>
    /// <param name="y">As many planes of the result.</param>
    public static void Max<T>(ReadOnlySpan<T> x, in WindowShape window, Span<T> y)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (!Vector128.IsHardwareAccelerated)
        {
            for (int plane = 0; plane < x.Length / window.Area; plane++)
                ScalarWindows.MaxPool(x.Slice(plane * window.Area, window.Area), window, y.Slice(plane * window.OutArea, window.OutArea));
            return;
        }
        Run<T, T>(x, window, int.CreateTruncating(T.MinValue), y);
    }

    /// <summary>The sum of each window; elements outside the plane count as 0.</summary>
    /// <param name="x">Any number of planes.</param>
    /// <param name="y">As many planes of the result.</param>
    public static void Sum<T>(ReadOnlySpan<T> x, in WindowShape window, Span<int> y)
        where T : unmanaged, IBinaryInteger<T>
    {
        bool isWhole = window.Taps == window.Area && window is { OutArea: 1, PadTop: 0, PadLeft: 0 };
        int planes = x.Length / window.Area;
        if (typeof(T) == typeof(sbyte) && Vector128.IsHardwareAccelerated && !isWhole)
        {
            Run<T, int>(x, window, 0, y);
            return;
        }
        for (int plane = 0; plane < planes; plane++)
        {
            ReadOnlySpan<T> from = x.Slice(plane * window.Area, window.Area);
            if (!isWhole) ScalarWindows.SumPool(from, window, y.Slice(plane * window.OutArea, window.OutArea));
            else y[plane] = SumAll(from);
        }
    }

    private static int SumAll<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IBinaryInteger<T>
    {
        int sum = 0, i = 0;
        if (typeof(T) == typeof(sbyte) && Vector128.IsHardwareAccelerated)
            fixed (T* from = x)
            {
                Vector128<int> sums = default;
                for (; i + Vector128<sbyte>.Count <= x.Length; i += Vector128<sbyte>.Count)
                {
                    (Vector128<short> low, Vector128<short> high) = Vector128.Widen(Vector128.Load((sbyte*)from + i));
                    (Vector128<int> a, Vector128<int> b) = Vector128.Widen(low + high);
                    sums += a + b;
                }
                sum = Vector128.Sum(sums);
            }
        for (; i < x.Length; i++) sum += int.CreateTruncating(x[i]);
        return sum;
    }

    /// <summary>What one tap reads for successive windows lies together in the padded plane: a vector of windows at a time.</summary>
    private static void Run<T, TY>(ReadOnlySpan<T> x, in WindowShape window, int padValue, Span<TY> y)
        where T : unmanaged, IBinaryInteger<T>
        where TY : unmanaged
    {
        int planes = x.Length / window.Area;
        KernelChecks.Elements(y.Length, (long)planes * window.OutArea, nameof(y));
        var layout = new PaddedPlanes<T>(new ConvolutionShape { InChannels = 1, OutChannels = 1, Window = window, PadValue = padValue }, window.OutHeight);
        T[] padded = ArrayPool<T>.Shared.Rent(layout.Area + Slack);
        int[] offsets = ArrayPool<int>.Shared.Rent(window.Taps);
        int taps = window.Taps;
        for (int tap = 0; tap < taps; tap++) offsets[tap] = layout.TapOffset(tap / window.KernelWidth, tap % window.KernelWidth);
        fixed (T* from = x, plane = padded)
        fixed (TY* into = y)
        fixed (int* at = offsets)
            for (int i = 0; i < planes; i++)
            {
                layout.Fill(from + (nint)i * window.Area, from, from + x.Length, 1, 0, plane);
                for (int row = 0; row < window.OutHeight; row++)
                {
                    T* first = plane + layout.WindowOffset(row, 0);
                    TY* result = into + ((nint)i * window.OutHeight + row) * window.OutWidth;
                    if (typeof(T) == typeof(TY)) MaxRow(first, at, taps, window.OutWidth, (T*)result);
                    else SumRow((sbyte*)first, at, taps, window.OutWidth, (int*)result);
                }
            }
        ArrayPool<int>.Shared.Return(offsets);
        ArrayPool<T>.Shared.Return(padded);
    }

    private static void MaxRow<T>(T* x, int* offsets, int taps, int count, T* y)
        where T : unmanaged
    {
        for (int i = 0; i < count; i += Vector128<T>.Count)
        {
            Vector128<T> greatest = Vector128.Load(x + i + offsets[0]);
            for (int tap = 1; tap < taps; tap++) greatest = Vector128.Max(greatest, Vector128.Load(x + i + offsets[tap]));
            if (i + Vector128<T>.Count <= count) greatest.Store(y + i);
            else StoreSome(greatest, y + i, count - i);
        }
    }

    private static void SumRow(sbyte* x, int* offsets, int taps, int count, int* y)
    {
        for (int i = 0; i < count; i += 8)
        {
            Vector128<int> left = default, right = default;
            for (int tap = 0; tap < taps; tap++)
            {
                Vector128<short> values = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(long*)(x + i + offsets[tap])).AsSByte());
                left += Vector128.WidenLower(values);
                right += Vector128.WidenUpper(values);
            }
            if (i + 8 <= count)
            {
                left.Store(y + i);
                right.Store(y + i + 4);
                continue;
            }
            StoreSome(left, y + i, Math.Min(4, count - i));
            StoreSome(right, y + i + 4, Math.Max(0, count - i - 4));
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void StoreSome<T>(Vector128<T> vector, T* y, int count)
        where T : unmanaged
    {
        for (int i = 0; i < count; i++) y[i] = vector[i];
    }
}
