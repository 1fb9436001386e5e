using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>Messages that lie one after the other; up to sixteen of them.</summary>
/// <param name="rows">The first message and all after it.</param>
/// <param name="length">Bytes of each.</param>
/// <param name="count">How many there are, 1 to 16. Lanes beyond, up to a multiple of four, repeat the last.</param>
/// <param name="scratch"><see cref="ILaneBlocks.ScratchWords"/> words.</param>
internal readonly ref struct RowBlocks(ReadOnlySpan<byte> rows, int length, int count, Span<uint> scratch) : ILaneBlocks
{
    private const int BlockSize = 64;

    private readonly ReadOnlySpan<byte> _rows = rows[..(length * count)];
    private readonly Span<uint> _lanes = scratch[..(16 * ILaneBlocks.Stride)];
    private readonly Span<uint> _padded = scratch.Slice(16 * ILaneBlocks.Stride, 16 * ILaneBlocks.Stride);

    public int Length => length;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ref uint Block(int offset)
    {
        int left = length - offset;
        if (left >= BlockSize)
        {
            Transpose(ref Unsafe.Add(ref MemoryMarshal.GetReference(_rows), offset), length);
        }
        else
        {
            Span<byte> padded = MemoryMarshal.AsBytes(_padded)[..(BlockSize * count)];
            padded.Clear();
            if (left > 0)
                for (int i = 0; i < count; i++) _rows.Slice(i * length + offset, left).CopyTo(padded[(BlockSize * i)..]);
            Transpose(ref MemoryMarshal.GetReference(padded), BlockSize);
        }
        return ref MemoryMarshal.GetReference(_lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Transpose(ref byte first, int stride)
    {
        ref uint lanes = ref MemoryMarshal.GetReference(_lanes);
        for (int lane = 0; lane < count; lane += 4)
        {
            ref byte row0 = ref Unsafe.Add(ref first, (nint)lane * stride), row1 = ref Unsafe.Add(ref first, (nint)Math.Min(lane + 1, count - 1) * stride);
            ref byte row2 = ref Unsafe.Add(ref first, (nint)Math.Min(lane + 2, count - 1) * stride), row3 = ref Unsafe.Add(ref first, (nint)Math.Min(lane + 3, count - 1) * stride);
            for (int at = 0; at < BlockSize; at += 16)
                LaneTranspose.Words(
                    ref Unsafe.Add(ref row0, at), ref Unsafe.Add(ref row1, at), ref Unsafe.Add(ref row2, at), ref Unsafe.Add(ref row3, at),
                    ref Unsafe.Add(ref lanes, at / 4 * ILaneBlocks.Stride + lane), ILaneBlocks.Stride);
        }
    }
}
