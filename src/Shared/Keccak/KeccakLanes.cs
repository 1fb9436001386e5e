using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prozchain.Shared;

/// <summary>
/// Many Keccak-256 hashes at once, one message a lane; equal to <see cref="Keccak256"/> bit for bit. Allocates nothing.
/// The dispatch by vector width is here and nowhere else.
/// </summary>
internal static class KeccakLanes
{
    /// <summary>Messages of a tile: word w of message i at 16w + i.</summary>
    public const int TileRows = 16;

    /// <summary>Vectors of a state.</summary>
    public const int StateQuads = 25;

    /// <summary>Messages that a source may have: their states lie on the stack, and in the first-level cache.</summary>
    public const int MostMessages = 64;

    private const int RateQuads = Keccak256.Rate / 8, DigestQuads = Keccak256.DigestSize / 8;

    /// <summary>Hashes messages of one length that lie one after the other, 32 bytes to each.</summary>
    /// <param name="digests">32 bytes for each message; says how many there are. May not overlap the messages.</param>
    public static void HashRows(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        if (!BitConverter.IsLittleEndian) HashEach(messages, length, digests);
        else if (Vector512.IsHardwareAccelerated) HashRows<Quads512, Vector512<ulong>>(messages, length, digests);
        else if (Vector256.IsHardwareAccelerated) HashRows<Quads256, Vector256<ulong>>(messages, length, digests);
        else if (Vector128.IsHardwareAccelerated) HashRows<Quads128, Vector128<ulong>>(messages, length, digests);
        else HashEach(messages, length, digests);
    }

    /// <summary>Hashes the sixteen messages of a tile; a message is its words, little-endian.</summary>
    /// <param name="words">A multiple of sixteen.</param>
    /// <param name="digests">16 * 32 bytes.</param>
    public static void HashTile(ReadOnlySpan<uint> words, Span<byte> digests)
    {
        if (!BitConverter.IsLittleEndian) throw new PlatformNotSupportedException("Expected a little-endian machine for tiles.");
        var tile = new QuadTile(words);
        Hash(ref tile, digests);
    }

    /// <summary>Hashes the messages of any source on a little-endian machine.</summary>
    /// <param name="source">The messages.</param>
    /// <param name="digests">32 bytes for each message, up to <see cref="MostMessages"/> and a multiple of eight of them.</param>
    public static void Hash<TSource>(ref TSource source, Span<byte> digests) where TSource : IQuadSource, allows ref struct
    {
        if (Vector512.IsHardwareAccelerated) Hash<Quads512, Vector512<ulong>, TSource>(ref source, digests);
        else if (Vector256.IsHardwareAccelerated) Hash<Quads256, Vector256<ulong>, TSource>(ref source, digests);
        else if (Vector128.IsHardwareAccelerated) Hash<Quads128, Vector128<ulong>, TSource>(ref source, digests);
        else Hash<Quads1, ulong, TSource>(ref source, digests);
    }

    internal static void HashRows<TLanes, TVector>(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
    {
        while (!digests.IsEmpty)
        {
            int count = Math.Min(TLanes.Count, digests.Length / Keccak256.DigestSize);
            if (count == 1)
            {
                // A lane alone costs as much as all of them.
                Keccak256.Hash(messages[..length], digests);
            }
            else
            {
                var rows = new QuadRows(messages, length, count);
                Hash<TLanes, TVector, QuadRows>(ref rows, digests[..(count * Keccak256.DigestSize)]);
            }
            messages = messages[(count * length)..];
            digests = digests[(count * Keccak256.DigestSize)..];
        }
    }

    internal static void HashTile<TLanes, TVector>(ReadOnlySpan<uint> words, Span<byte> digests)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
    {
        var tile = new QuadTile(words);
        Hash<TLanes, TVector, QuadTile>(ref tile, digests);
    }

    // Block by block over all messages: what they have in common, such as a visit to a column of which they are rows, is done once.
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void Hash<TLanes, TVector, TSource>(ref TSource source, Span<byte> digests)
        where TLanes : struct, IQuadLanes<TVector>
        where TVector : unmanaged
        where TSource : IQuadSource, allows ref struct
    {
        int messages = digests.Length / Keccak256.DigestSize, count = (messages + TLanes.Count - 1) / TLanes.Count * StateQuads;
        Span<TVector> room = LaneScratch.Align<TVector>(stackalloc byte[LaneScratch.Bytes<TVector>(count)], count);
        room.Clear();
        ref TVector states = ref MemoryMarshal.GetReference(room);
        int left = source.Length, offset = 0;
        for (; left >= Keccak256.Rate; left -= Keccak256.Rate, offset += Keccak256.Rate)
        {
            source.Absorb<TLanes, TVector>(ref states, offset, RateQuads);
            for (int state = 0; state < count; state += StateQuads)
            {
                source.Fetch(offset + Keccak256.Rate, state / StateQuads, count / StateQuads);
                KeccakKernel<TLanes, TVector>.Permute(ref Unsafe.Add(ref states, state));
            }
        }
        int quads = left / 8, bytes = left % 8;
        source.Absorb<TLanes, TVector>(ref states, offset, quads);
        for (int state = 0, first = 0; state < count; state += StateQuads, first += TLanes.Count)
        {
            ref TVector at = ref Unsafe.Add(ref states, state);
            ref ulong words = ref Unsafe.As<TVector, ulong>(ref at);
            for (int lane = 0; lane < TLanes.Count; lane++)
                Unsafe.Add(ref words, quads * TLanes.Count + lane) ^= source.Tail(first + lane, offset + 8 * quads, bytes) | 1UL << (8 * bytes);
            Unsafe.Add(ref at, RateQuads - 1) = TLanes.Xor(Unsafe.Add(ref at, RateQuads - 1), TLanes.Broadcast(1UL << 63));
            KeccakKernel<TLanes, TVector>.Permute(ref at);
            for (int lane = 0; lane < Math.Min(TLanes.Count, messages - first); lane++)
                for (int quad = 0; quad < DigestQuads; quad++)
                    MemoryMarshal.Write(digests[(8 * (DigestQuads * (first + lane) + quad))..], Unsafe.Add(ref words, quad * TLanes.Count + lane));
        }
    }

    private static void HashEach(ReadOnlySpan<byte> messages, int length, Span<byte> digests)
    {
        for (; !digests.IsEmpty; messages = messages[length..], digests = digests[Keccak256.DigestSize..]) Keccak256.Hash(messages[..length], digests);
    }
}
