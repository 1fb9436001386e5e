using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Prozchain.Shared;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// Neighbouring rows of a matrix as messages for Keccak: the canonical encodings of their elements, made out of two columns at a time
/// when a block is absorbed, so that no row is ever laid out.
/// </summary>
/// <param name="columns">The columns, over a field of <see cref="FieldWords"/>.</param>
/// <param name="firstRow">The first row.</param>
/// <param name="rows">How many: a multiple of sixteen, up to <see cref="KeccakLanes.MostMessages"/>.</param>
internal readonly ref struct FieldQuads<TField>(ReadOnlySpan<ReadOnlyMemory<TField>> columns, int firstRow, int rows) : IQuadSource
    where TField : unmanaged
{
    private const int BlockColumns = Keccak256.Rate / sizeof(uint);

    private readonly ReadOnlySpan<ReadOnlyMemory<TField>> _columns = columns;

    public int Length => _columns.Length * sizeof(uint);

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Absorb<TLanes, TVector>(ref TVector states, int offset, int quads)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
    {
        Span<uint> words = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(2 * KeccakLanes.MostMessages)], 2 * KeccakLanes.MostMessages);
        ref uint low = ref MemoryMarshal.GetReference(words);
        for (int quad = 0; quad < quads; quad++)
        {
            ReadOnlySpan<ReadOnlyMemory<TField>> pair = _columns.Slice(offset / sizeof(uint) + 2 * quad, 2);
            FieldWords.Encode(pair[0].Span.Slice(firstRow, rows), words);
            FieldWords.Encode(pair[1].Span.Slice(firstRow, rows), words[rows..]);
            ref TVector to = ref Unsafe.Add(ref states, quad);
            for (int row = 0; row < rows; row += TLanes.Count, to = ref Unsafe.Add(ref to, KeccakLanes.StateQuads))
                to = TLanes.Xor(to, TLanes.Join(in Unsafe.Add(ref low, row), in Unsafe.Add(ref low, rows + row)));
        }
    }

    // Each column lies in a page of its own, where the processor does not expect the next visit.
    public unsafe void Fetch(int offset, int part, int parts)
    {
        if (!Sse.IsSupported) return;
        int first = offset / sizeof(uint), end = Math.Min(first + BlockColumns * (part + 1) / parts, _columns.Length);
        for (int column = first + BlockColumns * part / parts; column < end; column++)
        {
            ref byte row = ref Unsafe.As<TField, byte>(ref MemoryMarshal.GetReference(_columns[column].Span.Slice(firstRow, rows)));
            for (int line = 0; line < rows * sizeof(uint); line += 64) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref row, line)));
        }
    }

    public ulong Tail(int message, int offset, int bytes)
    {
        if (bytes == 0) return 0;
        uint word = 0;
        FieldWords.Encode(_columns[offset / sizeof(uint)].Span.Slice(firstRow + message, 1), new Span<uint>(ref word));
        return word;
    }
}
