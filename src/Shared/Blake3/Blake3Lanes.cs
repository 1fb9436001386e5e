using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared;

/// <summary>
/// Many BLAKE3 hashes at once, one message a lane, and the chunks of one long message, one chunk a lane. Equal to
/// <see cref="Blake3"/> bit for bit; allocates nothing. The dispatch by vector width is here and nowhere else.
/// </summary>
internal static class Blake3Lanes
{
    /// <summary>Messages of a tile: word w of message i at 16w + i.</summary>
    public const int TileRows = 16;

    /// <summary>Chunks of the largest subtree that <see cref="Subtree"/> takes.</summary>
    public const int MaxSubtreeChunks = 128;

    private const int ChunkSize = 1024;

    /// <summary>Hashes messages of one length that lie one after the other, 32 bytes to each.</summary>
    /// <param name="digests">32 bytes for each message; says how many there are. May not overlap the messages.</param>
    public static void HashRows(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        if (!BitConverter.IsLittleEndian) HashEach(messages, length, digests);
        else if (Vector512.IsHardwareAccelerated) HashRows<Words512, Vector512<uint>>(messages, length, digests);
        else if (Vector256.IsHardwareAccelerated) HashRows<Words256, Vector256<uint>>(messages, length, digests);
        else if (Vector128.IsHardwareAccelerated) HashRows<Words128, Vector128<uint>>(messages, length, digests);
        else HashEach(messages, length, digests);
    }

    /// <summary>As above, of messages of at most one chunk, under a key; where <see cref="HasSubtrees"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="mode">What it is of.</param>
    public static void HashRows(ReadOnlySpan<byte> messages, int length, in Blake3Words key, Blake3Flags mode, Span<byte> digests)
    {
        if (Vector512.IsHardwareAccelerated) HashRows<Words512, Vector512<uint>>(messages, length, key, mode, digests);
        else if (Vector256.IsHardwareAccelerated) HashRows<Words256, Vector256<uint>>(messages, length, key, mode, digests);
        else HashRows<Words128, Vector128<uint>>(messages, length, key, mode, digests);
    }

    /// <summary>Hashes the sixteen messages of a tile; a message is its words, little-endian.</summary>
    /// <param name="words">A multiple of sixteen.</param>
    /// <param name="digests">16 * 32 bytes.</param>
    public static void HashTile(ReadOnlySpan<uint> words, Span<byte> digests)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Expected a little-endian machine for tiles.");
        if (Vector512.IsHardwareAccelerated) HashTile<Words512, Vector512<uint>>(words, digests);
        else if (Vector256.IsHardwareAccelerated) HashTile<Words256, Vector256<uint>>(words, digests);
        else if (Vector128.IsHardwareAccelerated) HashTile<Words128, Vector128<uint>>(words, digests);
        else HashTile<Words1, uint>(words, digests);
    }

    /// <summary>The chaining value of a subtree that is not the root.</summary>
    /// <param name="chunks">A power of two of whole chunks, 2 to <see cref="MaxSubtreeChunks"/>.</param>
    /// <param name="firstChunk">The first one's number, a multiple of their number.</param>
    public static Blake3Words Subtree(ReadOnlySpan<byte> chunks, in Blake3Words key, Blake3Flags mode, ulong firstChunk) =>
        Blake3Tree.Node(chunks, key, mode, firstChunk, Blake3Flags.None);

    /// <summary>Whether <see cref="Subtree"/> is worth calling.</summary>
    public static bool HasSubtrees => BitConverter.IsLittleEndian && Vector128.IsHardwareAccelerated;

    [SkipLocalsInit]
    internal static void HashRows<TLanes, TVector>(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        while (!digests.IsEmpty)
        {
            int count = Math.Min(TLanes.Count, digests.Length / Blake3.DigestSize);
            if (count == 1)
            {
                // A lane alone costs as much as all of them.
                Blake3.Hash(messages[..length], digests);
            }
            else
            {
                var blocks = new RowBlocks(messages, length, count, scratch);
                HashGroup<TLanes, TVector, RowBlocks>(ref blocks, digests[..(count * Blake3.DigestSize)]);
            }
            messages = messages[(count * length)..];
            digests = digests[(count * Blake3.DigestSize)..];
        }
    }

    [SkipLocalsInit]
    internal static void HashRows<TLanes, TVector>(ReadOnlySpan<byte> messages, int length, in Blake3Words key, Blake3Flags mode, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        Span<TVector> chaining = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(8)], 8);
        ref TVector first = ref MemoryMarshal.GetReference(chaining);
        while (!digests.IsEmpty)
        {
            int count = Math.Min(TLanes.Count, digests.Length / Blake3.DigestSize);
            var blocks = new RowBlocks(messages, length, count, scratch);
            Blake3Kernel<TLanes, TVector>.Chunk(ref blocks, 0, length, key, TLanes.Broadcast(0), 0, mode, Blake3Flags.Root, ref first);
            LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref first), TLanes.Count, count, digests[..(count * Blake3.DigestSize)]);
            messages = messages[(count * length)..];
            digests = digests[(count * Blake3.DigestSize)..];
        }
    }

    [SkipLocalsInit]
    internal static void HashTile<TLanes, TVector>(ReadOnlySpan<uint> words, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        for (int lane = 0; lane < TileRows; lane += TLanes.Count)
        {
            var blocks = new TileBlocks(words, lane, scratch);
            HashGroup<TLanes, TVector, TileBlocks>(ref blocks, digests.Slice(lane * Blake3.DigestSize, TLanes.Count * Blake3.DigestSize));
        }
    }

    // As Blake3Hasher does it for one message: a stack of the chaining values of full subtrees, folded into the root.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashGroup<TLanes, TVector, TBlocks>(ref TBlocks blocks, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
        where TBlocks : ILaneBlocks, allows ref struct
    {
        ref readonly Blake3Words key = ref Blake3Core.InitialVector;
        int chunks = Math.Max(1, (int)(((long)blocks.Length + ChunkSize - 1) / ChunkSize));
        int depth = 0;
        // The value of the moment stands right of the last one on the stack, as the two children of a parent do.
        int vectors = 8 * (BitOperations.Log2((uint)chunks) + 2);
        Span<TVector> stack = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(vectors)], vectors);
        ref TVector node = ref MemoryMarshal.GetReference(stack);
        for (int chunk = 0; chunk < chunks; chunk++)
        {
            int offset = chunk * ChunkSize;
            bool isLast = chunk == chunks - 1;
            Blake3Flags last = chunks == 1 ? Blake3Flags.Root : Blake3Flags.None;
            Blake3Kernel<TLanes, TVector>.Chunk(
                ref blocks, offset, isLast ? blocks.Length - offset : ChunkSize, key, TLanes.Broadcast((uint)chunk), 0, Blake3Flags.None, last, ref node);
            for (int total = chunk + 1; isLast ? depth > 0 : (total & 1) == 0; total >>= 1)
            {
                depth--;
                node = ref Unsafe.Subtract(ref node, 8);
                Blake3Kernel<TLanes, TVector>.ParentInPlace(ref node, key, isLast && depth == 0 ? Blake3Flags.Root : Blake3Flags.None);
            }
            if (isLast) break;
            depth++;
            node = ref Unsafe.Add(ref node, 8);
        }
        LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref node), TLanes.Count, digests.Length / Blake3.DigestSize, digests);
    }

    private static void HashEach(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        for (; !digests.IsEmpty; messages = messages[length..], digests = digests[Blake3.DigestSize..]) Blake3.Hash(messages[..length], digests);
    }
}
