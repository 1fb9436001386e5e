using Prozchain.AI.Codec;
using Prozchain.AI.Formats;

namespace Prozchain.AI.Vault;

/// <summary>
/// Cuts bytes without known structure into parts where their content says so, so that what is inserted into a file moves the
/// borders near it and no others: a part of S at most ends behind the first of Xet's chunks from S / 4 on whose digest begins with
/// six zero bits, or behind the last that fits.
/// </summary>
internal sealed class OpaqueParts(ByteSource source)
{
    private const int Block = ContentChunker.MaxChunk;

    private readonly byte[] _carried = new byte[2 * Block];
    private int _carry;

    /// <summary>Whether a part of at most so many bytes holds enough chunks for that. Otherwise parts are cut at that length.</summary>
    public static bool Fit(int most) => most >= 8 * ContentChunker.MaxChunk;

    /// <summary>Reads one part, and says whether the source ended with it.</summary>
    public async ValueTask<(int Length, bool Ended)> ReadAsync(long offset, Memory<byte> part, CancellationToken cancellationToken)
    {
        _carried.AsMemory(0, _carry).CopyTo(part);
        var chunker = new ContentChunker();
        int have = _carry, scanned = 0, chunk = 0;
        while (true)
        {
            if (scanned == have)
            {
                if (have == part.Length) return Keep(part, chunk, have);
                int read = await source.ReadAsync(offset + have, part.Slice(have, Math.Min(Block, part.Length - have)), cancellationToken).ConfigureAwait(false);
                if (read == 0) return Keep(part, have, have) with { Ended = true };
                have += read;
            }
            scanned += chunker.Take(part.Span[scanned..have], out bool isCut);
            if (!isCut) continue;
            if (scanned >= part.Length / 4 && VaultHash.Content(part.Span[chunk..scanned]).Span[0] < 4) return Keep(part, scanned, have);
            chunk = scanned;
        }
    }

    // What was read behind the cut is the beginning of the next part: less than a chunk and a block.
    private (int Length, bool Ended) Keep(Memory<byte> part, int cut, int have)
    {
        _carry = have - cut;
        part[cut..have].CopyTo(_carried);
        return (cut, false);
    }
}
