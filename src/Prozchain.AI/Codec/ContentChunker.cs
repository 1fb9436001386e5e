using System.Runtime.CompilerServices;

namespace Prozchain.AI.Codec;

/// <summary>
/// Cuts a stream into chunks where its content says so, so that what is inserted or removed moves the boundaries around it
/// and no others: for opaque files, in which equal parts lie at unequal places. The boundaries are those of Xet (xet-core,
/// deduplication/chunking.rs): chunks of 8 to 128 KiB, a gear hash of the last 64 bytes, and a cut behind a byte at which the
/// upper 16 bits of the hash are zero.
/// </summary>
/// <remarks>A mutable value that owns no memory; pass it by reference. The boundaries do not depend on how the stream comes in.</remarks>
internal unsafe struct ContentChunker
{
    /// <summary>Bytes of the shortest chunk; the last of a stream may be shorter.</summary>
    public const int MinChunk = 8 << 10;

    /// <summary>Bytes of the longest chunk.</summary>
    public const int MaxChunk = 128 << 10;

    private const ulong Mask = 0xFFFF000000000000;

    // The hash forgets what is 64 bytes back; Xet begins a byte before the first 64 that it looks at.
    private const int Window = 64, Skipped = MinChunk - Window - 1;

    // A byte's hash waits for that of the byte before it. Four stretches at once do not wait for each other.
    private const int Lanes = 4, Stretch = 1024;

    private ulong _hash;
    private int _length;

    /// <summary>Takes bytes up to the next boundary.</summary>
    /// <param name="input">The stream from where the last call stopped.</param>
    /// <param name="isCut">True if a chunk ends with the last byte that was taken; false if all of the input was taken and the chunk goes on.</param>
    /// <returns>How many bytes were taken.</returns>
    public int Take(ReadOnlySpan<byte> input, out bool isCut)
    {
        int taken = 0;
        if (_length < Skipped)
        {
            taken = Math.Min(input.Length, Skipped - _length);
            _length += taken;
        }
        if (_length < MinChunk - 1)
        {
            // The window fills; no cut yet.
            int more = Math.Min(input.Length - taken, MinChunk - 1 - _length);
            foreach (byte b in input.Slice(taken, more)) _hash = (_hash << 1) + GearTable.Words[b];
            taken += more;
            _length += more;
        }
        int rest = Math.Min(input.Length - taken, MaxChunk - _length);
        int found = rest == 0 ? -1 : Find(input.Slice(taken, rest), ref _hash);
        int last = found < 0 ? rest : found + 1;
        taken += last;
        _length += last;
        isCut = found >= 0 || _length == MaxChunk;
        if (isCut) this = default;
        return taken;
    }

    // The first byte at which the masked hash is zero, or -1; then the hash is that of the whole input.
    private static int Find(ReadOnlySpan<byte> input, ref ulong hash)
    {
        ulong* h = stackalloc ulong[Lanes];
        fixed (byte* bytes = input)
        fixed (ulong* words = GearTable.Words)
        {
            int at = 0;
            for (; input.Length - at >= Lanes * Stretch; at += Lanes * Stretch)
            {
                byte* p = bytes + at;
                h[0] = hash;
                for (int lane = 1; lane < Lanes; lane++) h[lane] = Warm(p + lane * Stretch, words);
                int i = Together(p, words, Mask, h);
                for (int lane = 0; lane < Lanes && i < Stretch; lane++)
                {
                    // Some lane has one at this byte: it is the first unless one of those before it has another, further on.
                    if ((h[lane] & Mask) == 0) return at + lane * Stretch + i;
                    int first = Alone(p + lane * Stretch + i + 1, Stretch - 1 - i, words, ref h[lane]);
                    if (first >= 0) return at + lane * Stretch + i + 1 + first;
                }
                hash = h[Lanes - 1];
            }
            int found = Alone(bytes + at, input.Length - at, words, ref hash);
            return found < 0 ? -1 : at + found;
        }
    }

    // The first place at which the hash of any of four stretches is zero, or the length of one. Constants come as arguments:
    // so they stay in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Together(byte* p, ulong* words, ulong mask, ulong* hashes)
    {
        ulong h0 = hashes[0], h1 = hashes[1], h2 = hashes[2], h3 = hashes[3];
        nint i = 0;
        for (; i < Stretch; i++)
        {
            h0 = (h0 << 1) + words[p[i]];
            h1 = (h1 << 1) + words[p[i + Stretch]];
            h2 = (h2 << 1) + words[p[i + 2 * Stretch]];
            h3 = (h3 << 1) + words[p[i + 3 * Stretch]];
            if ((h0 & mask) == 0 || (h1 & mask) == 0 || (h2 & mask) == 0 || (h3 & mask) == 0) break;
        }
        hashes[0] = h0;
        hashes[1] = h1;
        hashes[2] = h2;
        hashes[3] = h3;
        return (int)i;
    }

    private static ulong Warm(byte* to, ulong* words)
    {
        ulong hash = 0;
        for (byte* p = to - Window; p < to; p++) hash = (hash << 1) + words[*p];
        return hash;
    }

    private static int Alone(byte* from, int length, ulong* words, ref ulong hash)
    {
        ulong h = hash;
        for (int i = 0; i < length; i++)
        {
            h = (h << 1) + words[from[i]];
            if ((h & Mask) == 0) return i;
        }
        hash = h;
        return -1;
    }
}
