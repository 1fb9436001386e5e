using System.Numerics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// Convolutions of each channel by itself. A channel's padded plane is widened to shorts; neighbouring taps of a row make a
/// word of weights, and a vector of words that begins at any column meets them without being packed: at stride 1 it gives
/// every other sum, and the vector one column further gives those between; at stride 2 it gives them all.
/// </summary>
internal static unsafe class DepthwiseKernel<TLanes>
    where TLanes : unmanaged, IDotLanes<TLanes>
{
    /// <summary>Shorts that may be read beyond the plane.</summary>
    private const int Slack = 128;

    /// <summary>Whether a convolution is of this kind.</summary>
    public static bool Takes(in ConvolutionShape shape) => shape is { GroupChannels: 1, GroupOutputs: 1, Window.StrideWidth: 1 or 2 };

    public static int ScratchBytes(in ConvolutionShape shape)
    {
        (int rows, int width) = Plane(shape.Window);
        return checked(Scratch.Bytes<short>(rows * width + Slack) + Scratch.Bytes<int>(shape.Window.OutArea + Slack) + Scratch.Bytes<int>(shape.Window.Taps));
    }

    /// <summary>The words of all channels, in the order of <see cref="Offsets"/>.</summary>
    public static int[] Pack(ReadOnlySpan<sbyte> weights, in ConvolutionShape shape)
    {
        WindowShape window = shape.Window;
        int[] words = GC.AllocateArray<int>(checked(shape.OutChannels * WordCount(window)), pinned: true);
        for (int row = 0, at = 0; row < shape.OutChannels * window.KernelHeight; row++)
            for (int column = 0; column < window.KernelWidth; column += TapsInWord(window, column))
            {
                int first = weights[row * window.KernelWidth + column], second = TapsInWord(window, column) == 2 ? weights[row * window.KernelWidth + column + 1] : 0;
                words[at++] = (first & 0xFFFF) | second << 16;
            }
        return words;
    }

    /// <summary>A unit is one channel of one instance.</summary>
    public static void Run<TX, TY>(
        TX* x, ConvolutionWeights weights, ReadOnlySpan<int> bias, in Requantisation to, TY* y, int firstUnit, int units, ref Scratch scratch)
        where TX : unmanaged, IBinaryInteger<TX>
        where TY : unmanaged
    {
        ConvolutionShape shape = weights.Shape;
        WindowShape window = shape.Window;
        (int rows, int width) = Plane(window);
        short* plane = scratch.Take<short>(rows * width + Slack);
        int* sums = scratch.Take<int>(window.OutArea + Slack), offsets = scratch.Take<int>(window.Taps);
        int words = Offsets(window, width, offsets);
        // The padding is the same for all channels; only what lies inside changes.
        new Span<short>(plane, rows * width + Slack).Fill((short)shape.PadValue);
        var output = new TileOutput<TLanes, PixelColumns, TY>(to);
        for (int unit = firstUnit; unit < firstUnit + units; unit++)
        {
            int channel = unit % shape.OutChannels;
            Widen(x + (nint)unit * window.Area, window, plane, rows, width);
            // Each row of sums is written in whole vectors, and what is too much is overwritten by the next row.
            for (int row = 0; row < window.OutHeight; row++)
            {
                short* top = plane + row * window.StrideHeight * width;
                if (window.StrideWidth == 1) Row(top, weights.Words + (nint)channel * words, offsets, words, window.OutWidth, sums + row * window.OutWidth);
                else RowOfStrideTwo(top, weights.Words + (nint)channel * words, offsets, words, window.OutWidth, sums + row * window.OutWidth);
            }
            output.Fill(channel, 1, bias, default, to);
            output.Write(sums, 0, 1, window.OutArea, y + (nint)unit * window.OutArea, 0);
        }
    }

    private static void Row(short* plane, int* weights, int* offsets, int words, int columns, int* sums)
    {
        for (int column = 0; column < columns; column += 2 * TLanes.Count)
        {
            TLanes even = default, odd = default;
            for (int i = 0; i < words; i++)
            {
                short* at = plane + column + offsets[i];
                TLanes weight = TLanes.Broadcast(weights[i]);
                even = TLanes.Dot(even, TLanes.Load((int*)at), weight);
                odd = TLanes.Dot(odd, TLanes.Load((int*)(at + 1)), weight);
            }
            TLanes.StoreInterleaved(even, odd, sums + column);
        }
    }

    private static void RowOfStrideTwo(short* plane, int* weights, int* offsets, int words, int columns, int* sums)
    {
        for (int column = 0; column < columns; column += TLanes.Count)
        {
            TLanes sum = default;
            for (int i = 0; i < words; i++)
                sum = TLanes.Dot(sum, TLanes.Load((int*)(plane + 2 * column + offsets[i])), TLanes.Broadcast(weights[i]));
            TLanes.Store(sum, sums + column);
        }
    }

    private static (int Rows, int Width) Plane(in WindowShape window) =>
        ((window.OutHeight - 1) * window.StrideHeight + (window.KernelHeight - 1) * window.DilationHeight + 1,
            (window.OutWidth - 1) * window.StrideWidth + (window.KernelWidth - 1) * window.DilationWidth + 2);

    private static int TapsInWord(in WindowShape window, int column) => window.DilationWidth == 1 && column + 1 < window.KernelWidth ? 2 : 1;

    private static int WordCount(in WindowShape window) =>
        window.KernelHeight * (window.DilationWidth == 1 ? (window.KernelWidth + 1) / 2 : window.KernelWidth);

    /// <summary>Where the first tap of each word lies in the plane; returns their number.</summary>
    private static int Offsets(in WindowShape window, int width, int* offsets)
    {
        int count = 0;
        for (int row = 0; row < window.KernelHeight; row++)
            for (int column = 0; column < window.KernelWidth; column += TapsInWord(window, column))
                offsets[count++] = row * window.DilationHeight * width + column * window.DilationWidth;
        return count;
    }

    private static void Widen<TX>(TX* x, in WindowShape window, short* plane, int rows, int width)
        where TX : unmanaged, IBinaryInteger<TX>
    {
        int left = Math.Min(window.PadLeft, width), inside = Math.Clamp(width - left, 0, window.Width);
        int top = Math.Min(window.PadTop, rows), count = Math.Clamp(rows - top, 0, window.Height);
        plane += top * width + left;
        for (int row = 0; row < count; row++, plane += width, x += window.Width)
            if (typeof(TX) == typeof(sbyte)) Widening.Widen((sbyte*)x, plane, inside);
            else new ReadOnlySpan<short>(x, inside).CopyTo(new Span<short>(plane, inside));
    }
}
