using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Prozchain.AI.Kernels;

/// <summary>
/// The pixels of one unit of a convolution as words: for each panel of pixels, for each step, the inputs under the step's
/// taps. What lies under one tap for successive windows lies together in the input, or in its <see cref="PaddedPlanes{TX}"/>,
/// but for the end of a row: there a vector is put together from its segments.
/// </summary>
internal unsafe struct PixelBlock<TLanes, TX>
    where TLanes : unmanaged, IDotLanes<TLanes>
    where TX : unmanaged, IBinaryInteger<TX>
{
    /// <summary>Elements that may be read beyond the planes or written beyond the rows.</summary>
    private const int Slack = 64;

    /// <summary>Segments that a vector is put together from; where rows are shorter still, elements are copied one by one.</summary>
    private const int MostSegments = 4;

    private readonly ConvolutionPlan _plan;
    private readonly PaddedPlanes<TX> _layout;
    private readonly bool _isPlain;
    private readonly TX* _planes;
    private readonly TX* _rows;
    private readonly int* _offsets;

    /// <summary>Takes the memory for the largest unit.</summary>
    public PixelBlock(in ConvolutionShape shape, in ConvolutionPlan plan, ref Scratch scratch)
    {
        (Shape, _plan, _isPlain) = (shape, plan, IsPlain(shape));
        _layout = new PaddedPlanes<TX>(shape, UnitRows(shape, plan));
        Words = scratch.Take<int>(WordCount(shape, plan));
        _planes = scratch.Take<TX>((_isPlain ? 0 : plan.UnitInstances * shape.GroupChannels * _layout.Area) + Slack);
        _rows = scratch.Take<TX>(shape.Depth * Width + Slack);
        _offsets = scratch.Take<int>(shape.Depth);
    }

    /// <summary>The convolution.</summary>
    public ConvolutionShape Shape { get; }

    /// <summary>The panels of words.</summary>
    public int* Words { get; }

    /// <summary>The first instance of the unit.</summary>
    public int FirstInstance { get; private set; }

    /// <summary>The unit's first pixel within it.</summary>
    public int FirstPixel { get; private set; }

    /// <summary>Pixels in all; over several instances where <see cref="FirstPixel"/> is 0.</summary>
    public int Pixels { get; private set; }

    private static int Width => DotTile<TLanes, PixelColumns>.Columns;

    /// <summary>What the constructor takes of a scratch.</summary>
    public static int ScratchBytes(in ConvolutionShape shape, in ConvolutionPlan plan, int elementSize)
    {
        int planes = IsPlain(shape) ? 0 : checked(plan.UnitInstances * shape.GroupChannels * new PaddedPlanes<TX>(shape, UnitRows(shape, plan)).Area);
        return checked(Scratch.Bytes<int>(WordCount(shape, plan)) + Scratch.Bytes<byte>(elementSize * (planes + Slack))
            + Scratch.Bytes<byte>(elementSize * (shape.Depth * Width + Slack)) + Scratch.Bytes<int>(shape.Depth));
    }

    /// <summary>Turns to a unit, whose pixels the memory holds or <see cref="Pack"/> will bring.</summary>
    public void Select(int pixelUnit)
    {
        int block = pixelUnit % _plan.PixelBlocks;
        FirstInstance = pixelUnit / _plan.PixelBlocks * _plan.UnitInstances;
        FirstPixel = _plan.PixelBlocks == 1 ? 0 : _plan.BlockStart(block);
        Pixels = _plan.PixelBlocks == 1 ? UnitInstances * Shape.Window.OutArea : Math.Min(_plan.BlockStart(block + 1), Shape.Window.OutArea) - FirstPixel;
    }

    /// <summary>Packs the pixels of the unit.</summary>
    /// <param name="x">All instances.</param>
    /// <param name="end">Behind them.</param>
    public readonly void Pack(TX* x, TX* end, int group)
    {
        FillOffsets();
        TX* begin = x;
        x += (nint)FirstInstance * Shape.InElements + (nint)group * Shape.GroupChannels * Shape.Window.Area;
        if (!_isPlain)
        {
            int firstRow = FirstPixel / Shape.Window.OutWidth;
            for (int i = 0; i < UnitInstances; i++)
                _layout.Fill(x + (nint)i * Shape.InElements, begin, end, Shape.GroupChannels, firstRow, _planes + (nint)i * Shape.GroupChannels * _layout.Area);
            x = _planes;
            end = _planes + (nint)_plan.UnitInstances * Shape.GroupChannels * _layout.Area + Slack;
        }
        int block = WordPacking<TLanes, TX>.HasBlocks ? WordPacking<TLanes, TX>.Block : Width;
        for (int pixel = 0; pixel < Pixels; pixel += block)
            PackColumns(x, end, pixel, Math.Min(block, Pixels - pixel), block, Words + (nint)(pixel / Width) * Width * Steps(Shape) + pixel % Width);
    }

    /// <summary>Where each tap of the first window lies.</summary>
    private readonly void FillOffsets()
    {
        WindowShape window = Shape.Window;
        int* next = _offsets;
        int plane = _isPlain ? window.Area : _layout.Area;
        for (int row = 0; row < window.KernelHeight; row++)
            for (int column = 0; column < window.KernelWidth; column++) *next++ = _isPlain ? 0 : _layout.TapOffset(row, column);
        int taps = window.Taps;
        for (int* end = _offsets + Shape.Depth; next < end; next++) *next = next[-taps] + plane;
    }

    /// <summary>Instances of this unit.</summary>
    private readonly int UnitInstances => Math.Min(_plan.UnitInstances, _plan.Instances - FirstInstance);

    private static int Steps(in ConvolutionShape shape) => WordPacking<TLanes, TX>.Steps(shape.Depth);

    private static int WordCount(in ConvolutionShape shape, in ConvolutionPlan plan) => checked((plan.UnitPixels + Width - 1) / Width * Width * Steps(shape));

    private static bool IsPlain(in ConvolutionShape shape) =>
        shape.Window is { Taps: 1, StrideHeight: 1, StrideWidth: 1, PadTop: 0, PadLeft: 0, PadBottom: 0, PadRight: 0 };

    /// <summary>Output rows that a unit touches, at most.</summary>
    private static int UnitRows(in ConvolutionShape shape, in ConvolutionPlan plan) =>
        plan.PixelBlocks == 1 ? shape.Window.OutHeight : Math.Min(shape.Window.OutHeight, (plan.UnitPixels + shape.Window.OutWidth - 2) / shape.Window.OutWidth + 1);

    /// <summary>One vector of pixels under all taps.</summary>
    [SkipLocalsInit]
    private readonly void PackColumns(TX* x, TX* end, int pixel, int count, int block, int* words)
    {
        nint* shifts = stackalloc nint[MostSegments];
        Vector128<byte>* masks = stackalloc Vector128<byte>[MostSegments];
        int segments = 0, at = 0;
        for (; at < count && segments < MostSegments; segments++)
        {
            (int offset, int length) = SegmentAt(pixel + at);
            shifts[segments] = (nint)(offset - at) * sizeof(TX);
            masks[segments] = Vector128.GreaterThanOrEqual(Vector128<byte>.Indices, Vector128.Create((byte)(at * sizeof(TX))));
            at += length;
        }
        bool isInside = (byte*)(x + _offsets[Shape.Depth - 1]) + shifts[segments - 1] + Vector128<byte>.Count <= end;
        if (WordPacking<TLanes, TX>.HasBlocks && at >= count && isInside) Interleave(x, shifts, masks, segments, words);
        else CopyColumns(x, pixel, count, block, words);
    }

    private readonly void Interleave(TX* x, nint* shifts, Vector128<byte>* masks, int segments, int* words)
    {
        (nint shift1, nint shift2, nint shift3, nint shift4) = (shifts[0], shifts[1], shifts[2], shifts[3]);
        (Vector128<byte> mask2, Vector128<byte> mask3, Vector128<byte> mask4) = (masks[1], masks[2], masks[3]);
        int depth = Shape.Depth;
        for (int k = 0; k < depth; k += TLanes.StepDepth, words += Width)
        {
            Vector128<byte> first = Row(x + _offsets[k]), second = default, third = default, fourth = default;
            if (k + 1 < depth) second = Row(x + _offsets[k + 1]);
            if (TLanes.StepDepth == 4 && k + 2 < depth) third = Row(x + _offsets[k + 2]);
            if (TLanes.StepDepth == 4 && k + 3 < depth) fourth = Row(x + _offsets[k + 3]);
            WordPacking<TLanes, TX>.Interleave(first, second, third, fourth, words, areActivations: true);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        Vector128<byte> Row(TX* row)
        {
            byte* from = (byte*)row;
            Vector128<byte> vector = Vector128.Load(from + shift1);
            if (segments > 1) vector = Vector128.ConditionalSelect(mask2, Vector128.Load(from + shift2), vector);
            if (segments > 2) vector = Vector128.ConditionalSelect(mask3, Vector128.Load(from + shift3), vector);
            if (segments > 3) vector = Vector128.ConditionalSelect(mask4, Vector128.Load(from + shift4), vector);
            return vector;
        }
    }

    private readonly void CopyColumns(TX* x, int pixel, int count, int block, int* words)
    {
        for (int at = 0, length; at < count; at += length)
        {
            (int offset, length) = SegmentAt(pixel + at);
            length = Math.Min(length, count - at);
            for (int k = 0; k < Shape.Depth; k++)
                for (int i = 0; i < length; i++) _rows[k * block + at + i] = x[_offsets[k] + offset + i];
        }
        WordPacking<TLanes, TX>.Columns(_rows, block, Shape.Depth, block, words, Width, areActivations: true);
    }

    /// <summary>Where a pixel's first tap lies, and how many successive pixels lie behind it.</summary>
    private readonly (int Offset, int Length) SegmentAt(int pixel)
    {
        int area = Shape.Window.OutArea, width = Shape.Window.OutWidth;
        int position = FirstPixel + pixel, instance = position / area, inside = position - instance * area;
        if (_isPlain) return (instance * Shape.InElements + inside, area - inside);
        int row = inside / width, column = inside - row * width, firstRow = FirstPixel / width;
        return (instance * Shape.GroupChannels * _layout.Area + _layout.WindowOffset(row - firstRow, column), width - column);
    }
}
