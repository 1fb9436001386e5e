using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// Many SHA-256 hashes at once, one message a lane; equal to the BCL's bit for bit, and the BCL's where there are no
/// lanes. Allocates nothing. The dispatch by vector width is here and nowhere else.
/// </summary>
internal static class Sha256Lanes
{
    /// <summary>Messages of a tile: word w of message i at 16w + i.</summary>
    public const int TileRows = 16;

    private const int BlockSize = 64, DigestSize = 32;

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

    [SkipLocalsInit]
    internal static void HashRows<TLanes, TVector>(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
    {
        Span<uint> scratch = LaneScratch.Align<uint>(stackalloc byte[LaneScratch.Bytes<uint>(ILaneBlocks.ScratchWords)], ILaneBlocks.ScratchWords);
        while (!digests.IsEmpty)
        {
            int count = Math.Min(TLanes.Count, digests.Length / DigestSize);
            if (count == 1)
            {
                // A lane alone costs as much as all of them.
                SHA256.HashData(messages[..length], digests);
            }
            else
            {
                var blocks = new RowBlocks(messages, length, count, scratch);
                HashGroup<TLanes, TVector, RowBlocks>(ref blocks, digests[..(count * DigestSize)]);
            }
            messages = messages[(count * length)..];
            digests = digests[(count * DigestSize)..];
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
            HashGroup<TLanes, TVector, TileBlocks>(ref blocks, digests.Slice(lane * DigestSize, TLanes.Count * DigestSize));
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void HashGroup<TLanes, TVector, TBlocks>(ref TBlocks blocks, Span<byte> digests)
        where TLanes : struct, IWordLanes<TVector>
        where TVector : unmanaged
        where TBlocks : ILaneBlocks, allows ref struct
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

    private static void HashEach(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        for (; !digests.IsEmpty; messages = messages[length..], digests = digests[DigestSize..]) SHA256.HashData(messages[..length], digests);
    }
}
