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
    /// <summary>Vectors of a row for which there are masks; longer rows are copied one by one.</summary>
    private const int MostMasks = 32;

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

    /// <summary>Fills planes, and writes up to a vector of bytes behind them.</summary>
    /// <param name="x">The first plane of the input.</param>
    /// <param name="begin">Where memory begins that may be read.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="firstOutRow">The output row that the planes begin with.</param>
    public void Fill(TX* x, TX* begin, TX* end, int channels, int firstOutRow, TX* planes)
    {
        int height = _window.Height, width = _window.Width, stride = _window.StrideWidth, top = firstOutRow * _window.StrideHeight - _window.PadTop;
        int left = Math.Min(_window.PadLeft, RowWidth), vectors = (PhaseWidth + Vector128<TX>.Count - 1) / Vector128<TX>.Count;
        bool hasMasks = (stride == 1 || (stride == 2 && sizeof(TX) == 1)) && stride * vectors <= MostMasks;
        Vector128<TX>* masks = stackalloc Vector128<TX>[MostMasks];
        for (int i = 0; hasMasks && i < stride * vectors; i++) masks[i] = Inside(i % vectors * Vector128<TX>.Count * stride + i / vectors - left);
        for (int channel = 0; channel < channels; channel++, x += _window.Area)
            for (int row = 0; row < Rows; row++, planes += RowWidth)
            {
                if (_window.StrideHeight > 1 && !IsSeen(row, _window.KernelHeight, _window.StrideHeight, _window.DilationHeight)) continue;
                int y = top + row;
                TX* from = x + y * width - left;
                // What a vector writes behind its row is written again with the next.
                if ((uint)y >= (uint)height) new Span<TX>(planes, RowWidth).Fill(_padValue);
                else if (!hasMasks || from < begin || from + stride * (vectors * Vector128<TX>.Count + 1) > end) FillPhases(from + left, width, stride, planes);
                else if (stride == 1) FillRow(from, masks, vectors, planes);
                else FillHalves(from, masks, vectors, planes);
            }
    }

    /// <summary>Which elements of a vector, the first of which belongs to some column of the input, belong to any.</summary>
    private Vector128<TX> Inside(int column)
    {
        Vector128<TX> mask = default;
        for (int i = 0; i < Vector128<TX>.Count; i++, column += _window.StrideWidth)
            if ((uint)column < (uint)_window.Width) mask = mask.WithElement(i, ~TX.Zero);
        return mask;
    }

    private void FillRow(TX* x, Vector128<TX>* masks, int vectors, TX* row)
    {
        Vector128<TX> pad = Vector128.Create(_padValue);
        for (int i = 0; i < vectors; i++, x += Vector128<TX>.Count, row += Vector128<TX>.Count)
            Vector128.ConditionalSelect(masks[i], Vector128.Load(x), pad).Store(row);
    }

    /// <summary>Bytes at a stride of two.</summary>
    private void FillHalves(TX* x, Vector128<TX>* masks, int vectors, TX* row)
    {
        Vector128<byte> pad = Vector128.Create(_padValue).AsByte();
        Vector128<ushort> low = Vector128.Create((ushort)255);
        for (int phase = 0; phase < 2; phase++, x++, row += PhaseWidth)
        {
            if (!IsSeen(phase, _window.KernelWidth, 2, _window.DilationWidth)) continue;
            ushort* from = (ushort*)x;
            byte* to = (byte*)row;
            for (int i = 0; i < vectors; i++, from += 16, to += 16)
                Vector128.ConditionalSelect(masks[phase * vectors + i].AsByte(), Vector128.Narrow(Vector128.Load(from) & low, Vector128.Load(from + 8) & low), pad).Store(to);
        }
    }

    /// <summary>Whether any tap falls upon a row or column of the planes; where strides are longer than windows some go unread.</summary>
    private static bool IsSeen(int at, int taps, int stride, int dilation)
    {
        for (int tap = 0; tap < taps; tap++)
            if ((at - tap * dilation) % stride == 0) return true;
        return false;
    }

    /// <summary>Any stride, element by element.</summary>
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
            for (int i = first; i < end; i++) row[i] = x[i * stride + shift];
        }
    }
}
