using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Prozchain.Shared;

/// <summary>
/// The tree over chunks that follow each other, one chunk a lane, then one parent a lane. Equal to <see cref="Blake3Hasher"/>
/// fed piece by piece; allocates nothing. Where <see cref="Blake3Lanes.HasSubtrees"/>.
/// </summary>
internal static class Blake3Tree
{
    private const int ChunkSize = 1024, BlockSize = 64, BlockWords = 16, DigestWords = 8;

    /// <summary>The chaining value of the node over chunks.</summary>
    /// <param name="bytes">Two to <see cref="Blake3Lanes.MaxSubtreeChunks"/> chunks. The last may be short if no more follow.</param>
    /// <param name="firstChunk">The first one's number, a multiple of <see cref="Blake3Lanes.MaxSubtreeChunks"/> or of their count.</param>
    /// <param name="root"><see cref="Blake3Flags.Root"/> if the node is all of the message.</param>
    public static Blake3Words Node(ReadOnlySpan<byte> bytes, in Blake3Words key, Blake3Flags mode, ulong firstChunk, Blake3Flags root) =>
        Vector512.IsHardwareAccelerated ? Node<Words512, Vector512<uint>>(bytes, key, mode, firstChunk, root)
        : Vector256.IsHardwareAccelerated ? Node<Words256, Vector256<uint>>(bytes, key, mode, firstChunk, root)
        : Node<Words128, Vector128<uint>>(bytes, key, mode, firstChunk, root);

    [SkipLocalsInit]
    internal static Blake3Words Node<TLanes, TVector>(ReadOnlySpan<byte> bytes, in Blake3Words key, Blake3Flags mode, ulong firstChunk, Blake3Flags root)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<byte> values = stackalloc byte[Blake3Lanes.MaxSubtreeChunks * Blake3.DigestSize];
        int whole = bytes.Length / ChunkSize, left = (bytes.Length + ChunkSize - 1) / ChunkSize;
        Chunks<TLanes, TVector>(bytes[..(whole * ChunkSize)], key, mode, firstChunk, values);
        if (left > whole) Short(bytes[(whole * ChunkSize)..], key, mode, firstChunk + (ulong)whole, values[(whole * Blake3.DigestSize)..]);
        // A node without a neighbour goes up as it is.
        for (; left > 1; left = (left + 1) / 2)
        {
            Parents<TLanes, TVector>(values, left / 2, key, mode | Blake3Flags.Parent | (left == 2 ? root : Blake3Flags.None));
            if (left % 2 != 0) values.Slice((left - 1) * Blake3.DigestSize, Blake3.DigestSize).CopyTo(values[(left / 2 * Blake3.DigestSize)..]);
        }
        return Blake3Words.Read(values);
    }

    // Whole chunks, as many at a time as there are lanes. The last ones in lanes half as wide if those are enough: a lane that
    // is idle takes as long as a busy one.
    private static void Chunks<TLanes, TVector>(ReadOnlySpan<byte> chunks, in Blake3Words key, Blake3Flags mode, ulong firstChunk, Span<byte> values)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        for (; !chunks.IsEmpty; firstChunk += (ulong)TLanes.Count)
        {
            int count = Math.Min(TLanes.Count, chunks.Length / ChunkSize);
            if (TLanes.Count == 16 && count <= 8) Chunks<Words256, Vector256<uint>>(chunks, key, mode, firstChunk, values);
            else if (TLanes.Count == 8 && count <= 4) Chunks<Words128, Vector128<uint>>(chunks, key, mode, firstChunk, values);
            else
            {
                Group<TLanes, TVector>(ref MemoryMarshal.GetReference(chunks), count, key, mode, firstChunk, values[..(count * Blake3.DigestSize)]);
                chunks = chunks[(count * ChunkSize)..];
                values = values[(count * Blake3.DigestSize)..];
                continue;
            }
            return;
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Group<TLanes, TVector>(ref byte first, int count, in Blake3Words key, Blake3Flags mode, ulong firstChunk, Span<byte> values)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<TVector> vectors = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(BlockWords + DigestWords)], BlockWords + DigestWords);
        ref TVector words = ref MemoryMarshal.GetReference(vectors), chaining = ref Unsafe.Add(ref words, BlockWords);
        Span<nint> places = stackalloc nint[16];
        for (int i = 0; i < places.Length; i++) places[i] = Math.Min(i, count - 1) * ChunkSize;
        ref nint offsets = ref MemoryMarshal.GetReference(places);
        Blake3Kernel<TLanes, TVector>.SetKey(key, ref chaining);
        // No carry between the halves within a group: it is aligned to its size.
        TVector low = TLanes.Add(TLanes.Broadcast((uint)firstChunk), TLanes.LaneNumbers);
        for (int at = 0; at < ChunkSize; at += BlockSize)
        {
            ref byte block = ref Unsafe.Add(ref first, at);
            for (int i = 0; i < 4; i++) TLanes.Load(ref Unsafe.Add(ref block, 16 * i), ref offsets, ref Unsafe.Add(ref words, 4 * i), 1);
            if (Sse.IsSupported && count == TLanes.Count)
            {
                // The next group, which is too many places at once for what the processor does by itself. There need not be one:
                // what is fetched early is not read.
                for (int i = 0; i < TLanes.Count; i++) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref block, (TLanes.Count + i) * ChunkSize)));
            }
            Blake3Flags flags = at == 0 ? mode | Blake3Flags.ChunkStart : at == ChunkSize - BlockSize ? mode | Blake3Flags.ChunkEnd : mode;
            Blake3Kernel<TLanes, TVector>.Compress(ref chaining, ref Unsafe.As<TVector, uint>(ref words), TLanes.Count, low, (uint)(firstChunk >> 32), BlockSize, flags);
        }
        LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref chaining), TLanes.Count, count, values);
    }

    // A chunk that is not whole, in the narrowest lanes.
    [SkipLocalsInit]
    private static void Short(ReadOnlySpan<byte> chunk, in Blake3Words key, Blake3Flags mode, ulong number, Span<byte> value)
    {
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        Span<Vector128<uint>> chaining = stackalloc Vector128<uint>[DigestWords];
        ref Vector128<uint> first = ref MemoryMarshal.GetReference(chaining);
        var blocks = new RowBlocks(chunk, chunk.Length, 1, scratch);
        Blake3Kernel<Words128, Vector128<uint>>.Chunk(ref blocks, 0, chunk.Length, key, Words128.Broadcast((uint)number), (uint)(number >> 32), mode, Blake3Flags.None, ref first);
        LaneTranspose.Digests(ref Unsafe.As<Vector128<uint>, uint>(ref first), Words128.Count, 1, value[..Blake3.DigestSize]);
    }

    // Replaces pairs of nodes by their parents.
    [SkipLocalsInit]
    private static void Parents<TLanes, TVector>(Span<byte> values, int pairs, in Blake3Words key, Blake3Flags flags)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        if (TLanes.Count == 16 && pairs <= 8)
        {
            Parents<Words256, Vector256<uint>>(values, pairs, key, flags);
            return;
        }
        if (TLanes.Count == 8 && pairs <= 4)
        {
            Parents<Words128, Vector128<uint>>(values, pairs, key, flags);
            return;
        }
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        Span<TVector> chaining = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(DigestWords)], DigestWords);
        ref TVector first = ref MemoryMarshal.GetReference(chaining);
        for (int at = 0; at < pairs; at += TLanes.Count)
        {
            int count = Math.Min(TLanes.Count, pairs - at);
            var rows = new RowBlocks(values[(at * BlockSize)..], BlockSize, count, scratch);
            Blake3Kernel<TLanes, TVector>.SetKey(key, ref first);
            Blake3Kernel<TLanes, TVector>.Compress(ref first, ref rows.Block(0), ILaneBlocks.Stride, TLanes.Broadcast(0), 0, BlockSize, flags);
            // The pairs were read into the scratch, so their place may be written over.
            LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref first), TLanes.Count, count, values[(at * Blake3.DigestSize)..]);
        }
    }
}
