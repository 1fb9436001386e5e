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
        for (int channel = 0; channel < channels; channel++, x += _window.Area)
            for (int row = 0; row < Rows; row++, planes += RowWidth)
            {
                if (!IsSeen(row)) continue;
                int y = firstOutRow * _window.StrideHeight - _window.PadTop + row;
                if ((uint)y >= (uint)_window.Height) new Span<TX>(planes, RowWidth).Fill(_padValue);
                else if (_window.StrideWidth == 1) FillRow(x + y * _window.Width, planes);
                else FillPhases(x + y * _window.Width, planes);
            }
    }

    /// <summary>Whether any tap falls upon a row of the planes; where strides are longer than windows some rows go unread.</summary>
    private bool IsSeen(int row)
    {
        for (int tap = 0; tap < _window.KernelHeight && tap * _window.DilationHeight <= row; tap++)
            if ((row - tap * _window.DilationHeight) % _window.StrideHeight == 0) return true;
        return false;
    }

    private void FillRow(TX* x, TX* row)
    {
        int left = Math.Min(_window.PadLeft, RowWidth), inside = Math.Clamp(RowWidth - left, 0, _window.Width);
        new Span<TX>(row, left).Fill(_padValue);
        new ReadOnlySpan<TX>(x, inside).CopyTo(new Span<TX>(row + left, inside));
        new Span<TX>(row + left + inside, RowWidth - left - inside).Fill(_padValue);
    }

    private void FillPhases(TX* x, TX* row)
    {
        for (int phase = 0; phase < _window.StrideWidth; phase++, row += PhaseWidth)
        {
            // Columns of the input in this part: from the first not before its beginning to the last before its end.
            int stride = _window.StrideWidth, shift = phase - _window.PadLeft;
            int first = Math.Clamp((-shift + stride - 1) / stride, 0, PhaseWidth), end = Math.Clamp((_window.Width - shift + stride - 1) / stride, first, PhaseWidth);
            new Span<TX>(row, first).Fill(_padValue);
            new Span<TX>(row + end, PhaseWidth - end).Fill(_padValue);
            int i = first;
            TX* from = x + first * stride + shift;
            if (typeof(TX) == typeof(sbyte) && stride == 2 && Vector128.IsHardwareAccelerated)
                for (; i + 17 <= end; i += 16, from += 32)
                    Vector128.Narrow(Vector128.Load((ushort*)from) & Vector128.Create((ushort)255), Vector128.Load((ushort*)(from + 16)) & Vector128.Create((ushort)255)).Store((byte*)(row + i));
            for (; i < end; i++, from += stride) row[i] = *from;
        }
    }
}
