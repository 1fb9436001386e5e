using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prozchain.Shared;

/// <summary>
/// BLAKE3's compression with one input a lane. A chaining value is eight vectors; a message block is sixteen vectors
/// in memory, of which the rounds read each once. Registers hold the state only, so 512 bits spill nothing.
/// </summary>
internal static class Blake3Kernel<TLanes, TVector>
    where TLanes : struct, IWordLanes<TVector>
    where TVector : unmanaged
{
    // Section 2.2: the message words of each round, the permutation applied over and over.
    private static ReadOnlySpan<byte> Schedule =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        2, 6, 3, 10, 7, 0, 4, 13, 1, 11, 12, 5, 9, 14, 15, 8,
        3, 4, 10, 12, 13, 2, 7, 14, 6, 5, 9, 0, 11, 15, 8, 1,
        10, 7, 12, 9, 14, 3, 13, 15, 4, 0, 11, 2, 5, 8, 1, 6,
        12, 13, 9, 11, 15, 10, 14, 8, 7, 2, 5, 3, 0, 1, 6, 4,
        9, 14, 11, 5, 8, 12, 15, 1, 13, 3, 0, 10, 2, 6, 4, 7,
        11, 15, 5, 0, 1, 9, 8, 6, 14, 10, 2, 12, 3, 4, 7, 13,
    ];

    /// <summary>Replaces the chaining values by the first halves of the outputs.</summary>
    /// <param name="chaining">Eight vectors.</param>
    /// <param name="words">The block: a vector of lanes at every <paramref name="stride"/> words.</param>
    /// <param name="counterLow">The chunk counters' low halves.</param>
    /// <param name="counterHigh">The high half, one for all lanes.</param>
    /// <param name="length">Bytes of the block, one number for all lanes.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Compress(ref TVector chaining, ref uint words, nint stride, TVector counterLow, uint counterHigh, int length, Blake3Flags flags) =>
        Compress(ref chaining, ref words, stride, counterLow, counterHigh, TLanes.Broadcast((uint)length), flags);

    /// <summary>The same, with blocks of different lengths.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Compress(ref TVector chaining, ref uint words, nint stride, TVector counterLow, uint counterHigh, TVector lengths, Blake3Flags flags)
    {
        TVector v0 = chaining, v1 = Unsafe.Add(ref chaining, 1), v2 = Unsafe.Add(ref chaining, 2), v3 = Unsafe.Add(ref chaining, 3);
        TVector v4 = Unsafe.Add(ref chaining, 4), v5 = Unsafe.Add(ref chaining, 5), v6 = Unsafe.Add(ref chaining, 6), v7 = Unsafe.Add(ref chaining, 7);
        TVector v8 = TLanes.Broadcast(0x6A09E667), v9 = TLanes.Broadcast(0xBB67AE85), v10 = TLanes.Broadcast(0x3C6EF372), v11 = TLanes.Broadcast(0xA54FF53A);
        TVector v12 = counterLow, v13 = TLanes.Broadcast(counterHigh), v14 = lengths, v15 = TLanes.Broadcast((uint)flags);
        ref byte schedule = ref MemoryMarshal.GetReference(Schedule);
        for (int round = 0; round < 7; round++)
        {
            // The four columns, then the four diagonals, step by step: what follows each other depends on nothing before it.
            v0 = TLanes.Add(TLanes.Add(v0, Word(ref words, stride, ref schedule, 0)), v4);
            v1 = TLanes.Add(TLanes.Add(v1, Word(ref words, stride, ref schedule, 2)), v5);
            v2 = TLanes.Add(TLanes.Add(v2, Word(ref words, stride, ref schedule, 4)), v6);
            v3 = TLanes.Add(TLanes.Add(v3, Word(ref words, stride, ref schedule, 6)), v7);
            v12 = TLanes.RotateRight(TLanes.Xor(v12, v0), 16);
            v13 = TLanes.RotateRight(TLanes.Xor(v13, v1), 16);
            v14 = TLanes.RotateRight(TLanes.Xor(v14, v2), 16);
            v15 = TLanes.RotateRight(TLanes.Xor(v15, v3), 16);
            v8 = TLanes.Add(v8, v12);
            v9 = TLanes.Add(v9, v13);
            v10 = TLanes.Add(v10, v14);
            v11 = TLanes.Add(v11, v15);
            v4 = TLanes.RotateRight(TLanes.Xor(v4, v8), 12);
            v5 = TLanes.RotateRight(TLanes.Xor(v5, v9), 12);
            v6 = TLanes.RotateRight(TLanes.Xor(v6, v10), 12);
            v7 = TLanes.RotateRight(TLanes.Xor(v7, v11), 12);
            v0 = TLanes.Add(TLanes.Add(v0, Word(ref words, stride, ref schedule, 1)), v4);
            v1 = TLanes.Add(TLanes.Add(v1, Word(ref words, stride, ref schedule, 3)), v5);
            v2 = TLanes.Add(TLanes.Add(v2, Word(ref words, stride, ref schedule, 5)), v6);
            v3 = TLanes.Add(TLanes.Add(v3, Word(ref words, stride, ref schedule, 7)), v7);
            v12 = TLanes.RotateRight(TLanes.Xor(v12, v0), 8);
            v13 = TLanes.RotateRight(TLanes.Xor(v13, v1), 8);
            v14 = TLanes.RotateRight(TLanes.Xor(v14, v2), 8);
            v15 = TLanes.RotateRight(TLanes.Xor(v15, v3), 8);
            v8 = TLanes.Add(v8, v12);
            v9 = TLanes.Add(v9, v13);
            v10 = TLanes.Add(v10, v14);
            v11 = TLanes.Add(v11, v15);
            v4 = TLanes.RotateRight(TLanes.Xor(v4, v8), 7);
            v5 = TLanes.RotateRight(TLanes.Xor(v5, v9), 7);
            v6 = TLanes.RotateRight(TLanes.Xor(v6, v10), 7);
            v7 = TLanes.RotateRight(TLanes.Xor(v7, v11), 7);
            v0 = TLanes.Add(TLanes.Add(v0, Word(ref words, stride, ref schedule, 8)), v5);
            v1 = TLanes.Add(TLanes.Add(v1, Word(ref words, stride, ref schedule, 10)), v6);
            v2 = TLanes.Add(TLanes.Add(v2, Word(ref words, stride, ref schedule, 12)), v7);
            v3 = TLanes.Add(TLanes.Add(v3, Word(ref words, stride, ref schedule, 14)), v4);
            v15 = TLanes.RotateRight(TLanes.Xor(v15, v0), 16);
            v12 = TLanes.RotateRight(TLanes.Xor(v12, v1), 16);
            v13 = TLanes.RotateRight(TLanes.Xor(v13, v2), 16);
            v14 = TLanes.RotateRight(TLanes.Xor(v14, v3), 16);
            v10 = TLanes.Add(v10, v15);
            v11 = TLanes.Add(v11, v12);
            v8 = TLanes.Add(v8, v13);
            v9 = TLanes.Add(v9, v14);
            v5 = TLanes.RotateRight(TLanes.Xor(v5, v10), 12);
            v6 = TLanes.RotateRight(TLanes.Xor(v6, v11), 12);
            v7 = TLanes.RotateRight(TLanes.Xor(v7, v8), 12);
            v4 = TLanes.RotateRight(TLanes.Xor(v4, v9), 12);
            v0 = TLanes.Add(TLanes.Add(v0, Word(ref words, stride, ref schedule, 9)), v5);
            v1 = TLanes.Add(TLanes.Add(v1, Word(ref words, stride, ref schedule, 11)), v6);
            v2 = TLanes.Add(TLanes.Add(v2, Word(ref words, stride, ref schedule, 13)), v7);
            v3 = TLanes.Add(TLanes.Add(v3, Word(ref words, stride, ref schedule, 15)), v4);
            v15 = TLanes.RotateRight(TLanes.Xor(v15, v0), 8);
            v12 = TLanes.RotateRight(TLanes.Xor(v12, v1), 8);
            v13 = TLanes.RotateRight(TLanes.Xor(v13, v2), 8);
            v14 = TLanes.RotateRight(TLanes.Xor(v14, v3), 8);
            v10 = TLanes.Add(v10, v15);
            v11 = TLanes.Add(v11, v12);
            v8 = TLanes.Add(v8, v13);
            v9 = TLanes.Add(v9, v14);
            v5 = TLanes.RotateRight(TLanes.Xor(v5, v10), 7);
            v6 = TLanes.RotateRight(TLanes.Xor(v6, v11), 7);
            v7 = TLanes.RotateRight(TLanes.Xor(v7, v8), 7);
            v4 = TLanes.RotateRight(TLanes.Xor(v4, v9), 7);
            schedule = ref Unsafe.Add(ref schedule, 16);
        }
        chaining = TLanes.Xor(v0, v8);
        Unsafe.Add(ref chaining, 1) = TLanes.Xor(v1, v9);
        Unsafe.Add(ref chaining, 2) = TLanes.Xor(v2, v10);
        Unsafe.Add(ref chaining, 3) = TLanes.Xor(v3, v11);
        Unsafe.Add(ref chaining, 4) = TLanes.Xor(v4, v12);
        Unsafe.Add(ref chaining, 5) = TLanes.Xor(v5, v13);
        Unsafe.Add(ref chaining, 6) = TLanes.Xor(v6, v14);
        Unsafe.Add(ref chaining, 7) = TLanes.Xor(v7, v15);
    }

    /// <summary>Chaining values of chunks, or of messages of one chunk at most.</summary>
    /// <param name="blocks">The messages.</param>
    /// <param name="offset">Where the chunk starts in each message.</param>
    /// <param name="length">Bytes of the chunk, 0 to 1024.</param>
    /// <param name="last">Added to the flags of the chunk's last block.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Chunk<TBlocks>(
        ref TBlocks blocks, int offset, int length, in Blake3Words key, TVector counterLow, uint counterHigh, Blake3Flags mode, Blake3Flags last, ref TVector chaining)
        where TBlocks : ILaneBlocks, allows ref struct
    {
        SetKey(key, ref chaining);
        Blake3Flags flags = mode | Blake3Flags.ChunkStart;
        for (int at = 0; ; at += 64)
        {
            bool isLast = length - at <= 64;
            if (isLast) flags |= Blake3Flags.ChunkEnd | last;
            Compress(ref chaining, ref blocks.Block(offset + at), ILaneBlocks.Stride, counterLow, counterHigh, isLast ? length - at : 64, flags);
            if (isLast) return;
            flags = mode;
        }
    }

    /// <summary>Replaces sixteen vectors, the two children's chaining values, by the parents': the first eight of them.</summary>
    [SkipLocalsInit]
    public static void ParentInPlace(ref TVector children, in Blake3Words key, Blake3Flags flags)
    {
        Span<TVector> chaining = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(8)], 8);
        ref TVector first = ref MemoryMarshal.GetReference(chaining);
        SetKey(key, ref first);
        Compress(ref first, ref Unsafe.As<TVector, uint>(ref children), TLanes.Count, TLanes.Broadcast(0), 0, 64, flags | Blake3Flags.Parent);
        chaining.CopyTo(MemoryMarshal.CreateSpan(ref children, 8));
    }

    public static void SetKey(in Blake3Words key, ref TVector chaining)
    {
        ref uint words = ref Unsafe.As<Blake3Words, uint>(ref Unsafe.AsRef(in key));
        for (int i = 0; i < 8; i++) Unsafe.Add(ref chaining, i) = TLanes.Broadcast(Unsafe.Add(ref words, i));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Word(ref uint words, nint stride, ref byte schedule, int index) =>
        Unsafe.ReadUnaligned<TVector>(ref Unsafe.As<uint, byte>(ref Unsafe.Add(ref words, Unsafe.Add(ref schedule, index) * stride)));
}
