using System.Numerics;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The input rows that some output rows see, with their padding, one channel behind another. Where windows lie s columns
/// apart, each row is kept as s rows of every s-th column, so that what one tap reads for successive windows lies together.
/// </summary>
internal readonly unsafe struct PaddedPlanes<TX>
    where TX : unmanaged, IBinaryInteger<TX>
{
    private readonly WindowShape _window;
    private readonly TX _padValue;

    /// <summary>Plans the planes for so many output rows.</summary>
    public PaddedPlanes(in ConvolutionShape shape, int outRows)
    {
        _window = shape.Window;
        _padValue = TX.CreateTruncating(shape.PadValue);
        int columns = (_window.OutWidth - 1) * _window.StrideWidth + (_window.KernelWidth - 1) * _window.DilationWidth + 1;
        PhaseWidth = (columns + _window.StrideWidth - 1) / _window.StrideWidth;
        RowWidth = PhaseWidth * _window.StrideWidth;
        Rows = (outRows - 1) * _window.StrideHeight + (_window.KernelHeight - 1) * _window.DilationHeight + 1;
    }

    /// <summary>Rows of a plane.</summary>
    public int Rows { get; }

    /// <summary>Elements from row to row.</summary>
    public int RowWidth { get; }

    /// <summary>Elements of one part of a row.</summary>
    public int PhaseWidth { get; }

    /// <summary>Elements of a plane.</summary>
    public int Area => Rows * RowWidth;

    /// <summary>Where a tap of the window at the first output position lies.</summary>
    public int TapOffset(int tapRow, int tapColumn)
    {
        int column = tapColumn * _window.DilationWidth;
        return tapRow * _window.DilationHeight * RowWidth + column % _window.StrideWidth * PhaseWidth + column / _window.StrideWidth;
    }

    /// <summary>Where the first tap of a window lies.</summary>
    /// <param name="row">The window's row, counted from the first that the planes are for.</param>
    public int WindowOffset(int row, int column) => row * _window.StrideHeight * RowWidth + column;

    /// <summary>Fills planes.</summary>
    /// <param name="x">The first plane of the input.</param>
    /// <param name="firstOutRow">The output row that the planes begin with.</param>
    public void Fill(TX* x, int channels, int firstOutRow, TX* planes)
    {
        int height = _window.Height, width = _window.Width, area = _window.Area, stride = _window.StrideWidth;
        for (int row = 0; row < Rows; row++, planes += RowWidth)
        {
            if (!IsSeen(row, _window.KernelHeight, _window.StrideHeight, _window.DilationHeight)) continue;
            int y = firstOutRow * _window.StrideHeight - _window.PadTop + row;
            TX* to = planes, from = x + y * width;
            for (int channel = 0; channel < channels; channel++, to += Area, from += area)
                if ((uint)y >= (uint)height) new Span<TX>(to, RowWidth).Fill(_padValue);
                else if (stride == 1) FillRow(from, width, to);
                else FillPhases(from, width, stride, to);
        }
    }

    /// <summary>Whether any tap falls upon a row or column of the planes; where strides are longer than windows some go unread.</summary>
    private static bool IsSeen(int at, int taps, int stride, int dilation)
    {
        for (int tap = 0; tap < taps; tap++)
            if ((at - tap * dilation) % stride == 0) return true;
        return false;
    }

    private void FillRow(TX* x, int width, TX* row)
    {
        int left = Math.Min(_window.PadLeft, RowWidth), inside = Math.Clamp(RowWidth - left, 0, width);
        for (int i = 0; i < left; i++) row[i] = _padValue;
        Copy(x, row + left, inside);
        for (int i = left + inside; i < RowWidth; i++) row[i] = _padValue;
    }

    private void FillPhases(TX* x, int width, int stride, TX* row)
    {
        for (int phase = 0; phase < stride; phase++, row += PhaseWidth)
        {
            if (!IsSeen(phase, _window.KernelWidth, stride, _window.DilationWidth)) continue;
            // Columns of the input in this part: from the first not before its beginning to the last before its end.
            int shift = phase - _window.PadLeft;
            int first = Math.Clamp((-shift + stride - 1) / stride, 0, PhaseWidth), end = Math.Clamp((width - shift + stride - 1) / stride, first, PhaseWidth);
            for (int j = 0; j < first; j++) row[j] = _padValue;
            for (int j = end; j < PhaseWidth; j++) row[j] = _padValue;
            int i = first;
            TX* from = x + first * stride + shift;
            if (typeof(TX) == typeof(sbyte) && stride == 2 && Vector128.IsHardwareAccelerated)
            {
                Vector128<ushort> low = Vector128.Create((ushort)255);
                // A vector reads one element behind its last.
                for (; i + 17 <= end; i += 16, from += 32)
                    Vector128.Narrow(Vector128.Load((ushort*)from) & low, Vector128.Load((ushort*)(from + 16)) & low).Store((byte*)(row + i));
                for (; i + 9 <= end; i += 8, from += 16)
                    *(ulong*)(row + i) = Vector128.Narrow(Vector128.Load((ushort*)from) & low, Vector128<ushort>.Zero).AsUInt64().ToScalar();
            }
            for (; i < end; i++, from += stride) row[i] = *from;
        }
    }

    /// <summary>Copies, by vectors of which the last overlaps; short rows come too often for a call.</summary>
    private static void Copy(TX* from, TX* to, int count)
    {
        if (count * sizeof(TX) < Vector128<byte>.Count)
        {
            for (int j = 0; j < count; j++) to[j] = from[j];
            return;
        }
        byte* source = (byte*)from, target = (byte*)to;
        int last = count * sizeof(TX) - Vector128<byte>.Count;
        for (int i = 0; i < last; i += Vector128<byte>.Count) Vector128.Load(source + i).Store(target + i);
        Vector128.Load(source + last).Store(target + last);
    }
}
