using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>Sixteen messages of 32-bit words that lie in lanes already: word w of message i at 16w + i.</summary>
/// <param name="words">The tile.</param>
/// <param name="lane">The first lane to hand out.</param>
internal readonly ref struct QuadTile(ReadOnlySpan<uint> words, int lane) : IQuadSource
{
    private readonly ReadOnlySpan<uint> _words = words;

    public int Length => _words.Length / KeccakLanes.TileRows * sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Absorb<TLanes, TVector>(ref TVector state, int offset, int quads)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
    {
        ref uint word = ref Unsafe.Add(ref MemoryMarshal.GetReference(_words), offset / sizeof(uint) * KeccakLanes.TileRows + lane);
        for (int quad = 0; quad < quads; quad++)
        {
            ref TVector to = ref Unsafe.Add(ref state, quad);
            to = TLanes.Xor(to, TLanes.Join(in word, in Unsafe.Add(ref word, KeccakLanes.TileRows)));
            word = ref Unsafe.Add(ref word, 2 * KeccakLanes.TileRows);
        }
    }

    public ulong Tail(int tailLane, int offset, int bytes) =>
        bytes == 0 ? 0 : _words[offset / sizeof(uint) * KeccakLanes.TileRows + lane + tailLane];
}
