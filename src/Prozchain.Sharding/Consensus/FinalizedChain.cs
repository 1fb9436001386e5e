namespace Prozchain.Sharding.Consensus;

/// <summary>The last final blocks, kept for those who catch up; bounded in number and bytes.</summary>
internal sealed class FinalizedChain(ulong anchorHeight, int keepBlocks, long keepBytes)
{
    private readonly (MicroBlock Block, OrderingCertificate? Certificate)[] _ring = new (MicroBlock, OrderingCertificate?)[keepBlocks];
    private long _bytes;

    /// <summary>Height of the oldest block kept; one above the last if none is.</summary>
    public ulong Oldest { get; private set; } = anchorHeight + 1;

    /// <summary>Height of the last final block.</summary>
    public ulong Last { get; private set; } = anchorHeight;

    /// <summary>Adds the next block.</summary>
    /// <param name="block">Of height <see cref="Last"/> + 1.</param>
    /// <param name="certificate">Its own finalization; null if that of a later block makes it final.</param>
    public void Add(MicroBlock block, OrderingCertificate? certificate)
    {
        while (Oldest <= Last && (Last - Oldest + 1 >= (ulong)keepBlocks || _bytes + block.EncodedLength > keepBytes))
        {
            _bytes -= At(Oldest).Block.EncodedLength;
            At(Oldest++) = default;
        }
        At(++Last) = (block, certificate);
        _bytes += block.EncodedLength;
    }

    /// <summary>
    /// The longest run of blocks from a height that ends in one with a certificate of its own and stays within the
    /// limits. If none does, no blocks and the next certificate: from it the blocks can be asked for by hash.
    /// </summary>
    /// <returns>The certificate; null if the blocks from that height are not here.</returns>
    public OrderingCertificate? RunFrom(ulong height, int maxBlocks, int maxBytes, List<MicroBlock> blocks)
    {
        blocks.Clear();
        if (height < Oldest || height > Last) return null;
        OrderingCertificate? last = null;
        long bytes = 0;
        ulong end = height;
        for (ulong at = height; at <= Last; at++)
        {
            (MicroBlock block, OrderingCertificate? certificate) = At(at);
            bytes += block.EncodedLength;
            bool fits = bytes <= maxBytes && at - height < (ulong)maxBlocks;
            if (!fits && last is not null) break;
            if (certificate is null) continue;
            last = certificate;
            if (!fits) break;
            end = at + 1;
        }
        for (ulong at = height; at < end; at++) blocks.Add(At(at).Block);
        return last;
    }

    /// <summary>What shows strangers that the block at a height is final; null if it is not kept.</summary>
    public FinalityProof? ProofOf(ulong height)
    {
        if (height < Oldest || height > Last) return null;
        var headers = new List<MicroHeader>();
        for (ulong at = height; ; at++)
        {
            headers.Add(At(at).Block.Header);
            if (At(at).Certificate is { } certificate) return FinalityProof.Of(headers, certificate);
        }
    }

    /// <summary>What shows strangers that the last block is final, with the headers from a height on; null if that is not kept, or too much.</summary>
    public FinalityProof? ProofThrough(ulong height)
    {
        height = ulong.Max(height, Oldest);
        if (height > Last || LastCertificate is not { } certificate || Last - height >= Wire.WireLimits.MaxFinalityHeaders) return null;
        var headers = new List<MicroHeader>();
        for (ulong at = height; at <= Last; at++) headers.Add(At(at).Block.Header);
        return FinalityProof.Of(headers, certificate);
    }

    /// <summary>A block by its hash; looks at all that are kept.</summary>
    public MicroBlock? Find(in Digest hash)
    {
        for (ulong at = Last; at >= Oldest && at > 0; at--)
            if (At(at).Block.Hash == hash) return At(at).Block;
        return null;
    }

    /// <summary>The block at a height; null if it is not kept.</summary>
    public MicroBlock? Find(ulong height) => height >= Oldest && height <= Last ? At(height).Block : null;

    /// <summary>The last certificate.</summary>
    public OrderingCertificate? LastCertificate => Oldest <= Last ? At(Last).Certificate : null;

    private ref (MicroBlock Block, OrderingCertificate? Certificate) At(ulong height) => ref _ring[height % (ulong)_ring.Length];
}
