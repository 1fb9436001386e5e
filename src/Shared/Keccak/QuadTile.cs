using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>Sixteen messages of 32-bit words that lie in lanes already: word w of message i at 16w + i.</summary>
/// <param name="words">The tile.</param>
internal readonly ref struct QuadTile(ReadOnlySpan<uint> words) : IQuadSource
{
    private readonly ReadOnlySpan<uint> _words = words;

    public int Length => _words.Length / KeccakLanes.TileRows * sizeof(uint);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Absorb<TLanes, TVector>(ref TVector states, int offset, int quads)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
    {
        ref uint first = ref Unsafe.Add(ref MemoryMarshal.GetReference(_words), offset / sizeof(uint) * KeccakLanes.TileRows);
        for (int lane = 0; lane < KeccakLanes.TileRows; lane += TLanes.Count, states = ref Unsafe.Add(ref states, KeccakLanes.StateQuads))
        {
            ref uint word = ref Unsafe.Add(ref first, lane);
            for (int quad = 0; quad < quads; quad++)
            {
                ref TVector to = ref Unsafe.Add(ref states, quad);
                to = TLanes.Xor(to, TLanes.Join(in word, in Unsafe.Add(ref word, KeccakLanes.TileRows)));
                word = ref Unsafe.Add(ref word, 2 * KeccakLanes.TileRows);
            }
        }
    }

    public void Fetch(int offset, int part, int parts)
    {
    }

    public ulong Tail(int message, int offset, int bytes) => bytes == 0 ? 0 : _words[offset / sizeof(uint) * KeccakLanes.TileRows + message];
}
