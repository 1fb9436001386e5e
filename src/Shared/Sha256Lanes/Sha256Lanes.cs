using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// Many SHA-256 hashes at once, one message a lane; equal to the BCL's bit for bit, and the BCL's where there are no
/// lanes or too few messages. Allocates nothing. The dispatch by vector width is here and nowhere else.
/// </summary>
internal static class Sha256Lanes
{
    /// <summary>Messages of a tile: word w of message i at 16w + i.</summary>
    public const int TileRows = 16;

    /// <summary>Prefixes of <see cref="HashPrefixed"/> are shorter than this.</summary>
    public const int BlockSize = 64;

    private const int DigestSize = 32, MaxLanes = 16, StackLimit = 2048, Colliding = 2048, CopiedBlocks = 8;

    // A call of the BCL costs more than its rounds, and a group the same whatever its lanes hold: a few messages are cheaper
    // in lanes from here on (bench rows "SHA-256").
    private const int Least = 3;

    /// <summary>Hashes messages of one length that lie one after the other, 32 bytes to each.</summary>
    /// <param name="digests">32 bytes for each message; says how many there are. May not overlap the messages.</param>
    public static void HashRows(ReadOnlySpan<byte> messages, int length, Span<byte> digests) => HashPrefixed([], 0, 0, messages, length, length, digests);

    /// <summary>Hashes messages of two parts, a prefix and a body, that lie apart and at a distance from each other.</summary>
    /// <param name="prefixes">The prefixes.</param>
    /// <param name="prefixSize">Bytes of each, below 64.</param>
    /// <param name="prefixStride">Bytes from one to the next; 0 for one that all share.</param>
    /// <param name="bodies">The bodies.</param>
    /// <param name="bodySize">Bytes of each.</param>
    /// <param name="bodyStride">Bytes from one to the next.</param>
    /// <param name="digests">32 bytes for each message; says how many there are. May not overlap the messages.</param>
    public static void HashPrefixed(
        ReadOnlySpan<byte> prefixes, int prefixSize, int prefixStride, ReadOnlySpan<byte> bodies, int bodySize, int bodyStride, Span<byte> digests)
    {
        var messages = new PrefixedMessages(prefixes, prefixSize, prefixStride, bodies, bodySize, bodyStride);
        if (!BitConverter.IsLittleEndian) HashEach(messages, 0, digests);
        else if (Vector512.IsHardwareAccelerated) HashPrefixed<Words512, Vector512<uint>>(messages, digests, Least);
        else if (Vector256.IsHardwareAccelerated) HashPrefixed<Words256, Vector256<uint>>(messages, digests, Least);
        else if (Vector128.IsHardwareAccelerated) HashPrefixed<Words128, Vector128<uint>>(messages, digests, Words128.Count);
        else HashEach(messages, 0, digests);
    }

    /// <summary>Hashes messages of one length that each have SHA-256's padding (section 5.1.1) after them already.</summary>
    /// <param name="messages">The messages with their padding.</param>
    /// <param name="length">Bytes of each without the padding.</param>
    /// <param name="stride">Bytes from one to the next.</param>
    /// <param name="digests">32 bytes for each message; says how many there are. May not overlap the messages.</param>
    public static void HashPadded(ReadOnlySpan<byte> messages, int length, int stride, Span<byte> digests)
    {
        if (!BitConverter.IsLittleEndian) HashEach(new PrefixedMessages([], 0, 0, messages, length, stride), 0, digests);
        else if (Vector512.IsHardwareAccelerated) HashPadded<Words512, Vector512<uint>>(messages, length, stride, digests, Least);
        else if (Vector256.IsHardwareAccelerated) HashPadded<Words256, Vector256<uint>>(messages, length, stride, digests, Least);
        else if (Vector128.IsHardwareAccelerated) HashPadded<Words128, Vector128<uint>>(messages, length, stride, digests, Words128.Count);
        else HashEach(new PrefixedMessages([], 0, 0, messages, length, stride), 0, digests);
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

    internal static void HashRows<TLanes, TVector>(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged =>
        HashPrefixed<TLanes, TVector>(new PrefixedMessages([], 0, 0, messages, length, length), digests, 1);

    /// <param name="least">Fewer messages than this are left to the BCL.</param>
    [SkipLocalsInit]
    internal static void HashPrefixed<TLanes, TVector>(PrefixedMessages messages, Span<byte> digests, int least)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        int count = digests.Length / DigestSize, first = 0;
        messages.Check(count);
        Span<byte> edges = LaneScratch.Align<byte>(stackalloc byte[LaneScratch.Bytes<byte>(PrefixedMessages.ScratchSize)], PrefixedMessages.ScratchSize);
        Span<nint> offsets = stackalloc nint[MaxLanes];
        for (; count - first >= least; first += TLanes.Count)
        {
            int group = Math.Min(TLanes.Count, count - first);
            HashGroup<TLanes, TVector>(messages, first, group, edges, offsets, digests.Slice(first * DigestSize, group * DigestSize));
            if (group < TLanes.Count) return;
        }
        HashEach(messages, first, digests[(first * DigestSize)..]);
    }

    /// <param name="least">Fewer messages than this are left to the BCL.</param>
    [SkipLocalsInit]
    internal static void HashPadded<TLanes, TVector>(ReadOnlySpan<byte> messages, int length, int stride, Span<byte> digests, int least)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        int count = digests.Length / DigestSize, first = 0, blocks = (length + 9 + BlockSize - 1) / BlockSize;
        if (count > 0) _ = messages.Slice(checked((count - 1) * stride), blocks * BlockSize);
        Span<TVector> state = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(8)], 8);
        ref TVector start = ref MemoryMarshal.GetReference(state);
        Span<nint> offsets = stackalloc nint[MaxLanes];
        for (; count - first >= least; first += TLanes.Count)
        {
            int group = Math.Min(TLanes.Count, count - first);
            SetOffsets(offsets, group, stride);
            Sha256Kernel<TLanes, TVector>.Start(ref start);
            Sha256Kernel<TLanes, TVector>.Compress(
                ref start, ref Unsafe.Add(ref MemoryMarshal.GetReference(messages), (nint)first * stride), ref MemoryMarshal.GetReference(offsets), blocks);
            Sha256Kernel<TLanes, TVector>.Finish(ref start);
            LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref start), TLanes.Count, group, digests[(first * DigestSize)..]);
            if (group < TLanes.Count) return;
        }
        HashEach(new PrefixedMessages([], 0, 0, messages, length, stride), first, digests[(first * DigestSize)..]);
    }

    [SkipLocalsInit]
    internal static void HashTile<TLanes, TVector>(ReadOnlySpan<uint> words, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        for (int lane = 0; lane < TileRows; lane += TLanes.Count)
            HashTileLanes<TLanes, TVector>(new TileBlocks(words, lane, scratch), digests.Slice(lane * DigestSize, TLanes.Count * DigestSize));
    }

    /// <summary>The blocks that lie within the bodies are read where they are; those before and after are put together.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashGroup<TLanes, TVector>(
        PrefixedMessages messages, int first, int count, Span<byte> edges, Span<nint> offsets, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<TVector> state = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(8)], 8);
        ref TVector start = ref MemoryMarshal.GetReference(state);
        ref byte edge = ref MemoryMarshal.GetReference(edges);
        ref nint at = ref MemoryMarshal.GetReference(offsets);
        Sha256Kernel<TLanes, TVector>.Start(ref start);
        if (messages.HeadBlocks > 0)
        {
            messages.WriteHeads(first, count, edges);
            SetOffsets(offsets, count, BlockSize);
            Sha256Kernel<TLanes, TVector>.Compress(ref start, ref edge, ref at, 1);
        }
        if (messages.BodyBlocks > 0)
        {
            if (TLanes.Count == MaxLanes && messages.BodyStride % Colliding == 0 && count > MaxLanes / 2 && messages.BodyBlocks >= CopiedBlocks)
                CompressCopies<TLanes, TVector>(ref start, messages, first, count, offsets);
            else
            {
                SetOffsets(offsets, count, messages.BodyStride);
                Sha256Kernel<TLanes, TVector>.Compress(ref start, ref messages.Body(first), ref at, messages.BodyBlocks);
            }
        }
        messages.WriteTails(first, count, edges);
        SetOffsets(offsets, count, messages.TailBlocks * BlockSize);
        Sha256Kernel<TLanes, TVector>.Compress(ref start, ref edge, ref at, messages.TailBlocks);
        Sha256Kernel<TLanes, TVector>.Finish(ref start);
        LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref start), TLanes.Count, count, digests);
    }

    // Sixteen messages at such a distance lie in the same sets of a first-level cache, more than it has ways: blocks are
    // copied to where they do not.
    [SkipLocalsInit]
    private static void CompressCopies<TLanes, TVector>(ref TVector state, PrefixedMessages messages, int first, int count, Span<nint> offsets)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        const int Size = CopiedBlocks * BlockSize;
        Span<byte> copies = LaneScratch.Align<byte>(stackalloc byte[LaneScratch.Bytes<byte>(MaxLanes * Size)], MaxLanes * Size);
        SetOffsets(offsets, count, Size);
        for (int block = 0; block < messages.BodyBlocks; block += CopiedBlocks)
        {
            int blocks = Math.Min(CopiedBlocks, messages.BodyBlocks - block);
            for (int i = 0; i < count; i++)
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref messages.Body(first + i), block * BlockSize), blocks * BlockSize).CopyTo(copies[(i * Size)..]);
            Sha256Kernel<TLanes, TVector>.Compress(ref state, ref MemoryMarshal.GetReference(copies), ref MemoryMarshal.GetReference(offsets), blocks);
        }
    }

    // Lanes beyond the last message repeat it.
    private static void SetOffsets(Span<nint> offsets, int count, nint stride)
    {
        for (int lane = 0; lane < offsets.Length; lane++) offsets[lane] = Math.Min(lane, count - 1) * stride;
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashTileLanes<TLanes, TVector>(TileBlocks blocks, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<TVector> state = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(8)], 8);
        ref TVector first = ref MemoryMarshal.GetReference(state);
        Sha256Kernel<TLanes, TVector>.Start(ref first);
        int length = blocks.Length, offset = 0;
        for (; length - offset >= BlockSize; offset += BlockSize) Sha256Kernel<TLanes, TVector>.Compress(ref first, ref blocks.Block(offset));

        // A bit 1, zeros, the length in bits, big-endian (section 5.1.1): in this block if the nine bytes fit, else in one more.
        ref uint last = ref blocks.Block(offset);
        int rest = length - offset;
        Or(ref last, rest / 4, 0x80u << (8 * (rest % 4)));
        if (rest > BlockSize - 9)
        {
            Sha256Kernel<TLanes, TVector>.Compress(ref first, ref last);
            last = ref blocks.Block(offset + BlockSize);
        }
        ulong bits = 8 * (ulong)length;
        Or(ref last, 14, BinaryPrimitives.ReverseEndianness((uint)(bits >> 32)));
        Or(ref last, 15, BinaryPrimitives.ReverseEndianness((uint)bits));
        Sha256Kernel<TLanes, TVector>.Compress(ref first, ref last);
        Sha256Kernel<TLanes, TVector>.Finish(ref first);
        LaneTranspose.Digests(ref Unsafe.As<TVector, uint>(ref first), TLanes.Count, digests.Length / DigestSize, digests);

        static void Or(ref uint block, int word, uint value)
        {
            for (int lane = 0; lane < TLanes.Count; lane++) Unsafe.Add(ref block, word * ILaneBlocks.Stride + lane) |= value;
        }
    }

    [SkipLocalsInit]
    private static void HashEach(PrefixedMessages messages, int first, Span<byte> digests)
    {
        byte[]? rented = messages.Length <= StackLimit || !messages.IsSplit ? null : ArrayPool<byte>.Shared.Rent(messages.Length);
        Span<byte> joined = rented ?? stackalloc byte[StackLimit];
        for (; !digests.IsEmpty; first++, digests = digests[DigestSize..]) SHA256.HashData(messages.Join(first, joined), digests);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }
}
