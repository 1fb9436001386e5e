using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>Messages that lie one after the other, for one state; up to eight. Lanes beyond repeat the last.</summary>
/// <param name="rows">The first message and all after it.</param>
/// <param name="length">Bytes of each.</param>
/// <param name="count">How many there are, 1 to 8.</param>
internal readonly ref struct QuadRows(ReadOnlySpan<byte> rows, int length, int count) : IQuadSource
{
    private readonly ReadOnlySpan<byte> _rows = rows[..(length * count)];

    public int Length => length;

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Absorb<TLanes, TVector>(ref TVector states, int offset, int quads)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
    {
        // In lanes first, by pairs of rows and of words; the odd word at the end by itself.
        Span<TVector> lanes = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(17)], 17);
        ref ulong to = ref Unsafe.As<TVector, ulong>(ref MemoryMarshal.GetReference(lanes));
        ref byte first = ref Unsafe.Add(ref MemoryMarshal.GetReference(_rows), offset);
        int paired = TLanes.Count == 1 ? 0 : quads & ~1;
        for (int lane = 0; lane + 1 < TLanes.Count; lane += 2)
        {
            ref byte row0 = ref Unsafe.Add(ref first, (nint)Math.Min(lane, count - 1) * length), row1 = ref Unsafe.Add(ref first, (nint)Math.Min(lane + 1, count - 1) * length);
            for (int quad = 0; quad < paired; quad += 2)
                LaneTranspose.Quads(ref Unsafe.Add(ref row0, 8 * quad), ref Unsafe.Add(ref row1, 8 * quad), ref Unsafe.Add(ref to, quad * TLanes.Count + lane), TLanes.Count);
        }
        for (int lane = 0; lane < TLanes.Count; lane++)
        {
            ref byte row = ref Unsafe.Add(ref first, (nint)Math.Min(lane, count - 1) * length);
            for (int quad = paired; quad < quads; quad++) Unsafe.Add(ref to, quad * TLanes.Count + lane) = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref row, 8 * quad));
        }
        for (int quad = 0; quad < quads; quad++) Unsafe.Add(ref states, quad) = TLanes.Xor(Unsafe.Add(ref states, quad), lanes[quad]);
    }

    public void Fetch(int offset, int part, int parts)
    {
    }

    public ulong Tail(int message, int offset, int bytes)
    {
        ReadOnlySpan<byte> tail = _rows.Slice(Math.Min(message, count - 1) * length + offset, bytes);
        ulong value = 0;
        for (int i = 0; i < bytes; i++) value |= (ulong)tail[i] << (8 * i);
        return value;
    }
}
