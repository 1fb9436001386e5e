using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>Sixteen messages of whole words that lie in lanes already: word w of message i at 16w + i.</summary>
/// <param name="words">The tile.</param>
/// <param name="lane">The first lane to hand out.</param>
/// <param name="scratch"><see cref="ILaneBlocks.ScratchWords"/> words.</param>
internal readonly ref struct TileBlocks(ReadOnlySpan<uint> words, int lane, Span<uint> scratch) : ILaneBlocks
{
    private const int BlockWords = 16;

    private readonly ReadOnlySpan<uint> _words = words;
    private readonly Span<uint> _scratch = scratch[..(BlockWords * ILaneBlocks.Stride)];

    public int Length => _words.Length / ILaneBlocks.Stride * sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ref uint Block(int offset)
    {
        ReadOnlySpan<uint> left = _words[Math.Min(offset / sizeof(uint) * ILaneBlocks.Stride, _words.Length)..];
        if (left.Length >= BlockWords * ILaneBlocks.Stride) return ref Unsafe.Add(ref MemoryMarshal.GetReference(left), lane);
        left.CopyTo(_scratch);
        _scratch[left.Length..].Clear();
        return ref Unsafe.Add(ref MemoryMarshal.GetReference(_scratch), lane);
    }
}
