using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>A replicated hash chain: a block's result is a digest of the block and its parent's result.</summary>
internal sealed class TestOrderedApplication(in OrderingAnchor anchor, int salt, SeededRandom random) : IOrderedApplication
{
    private readonly Dictionary<Digest, ExecutedBlock> _results = new() { [anchor.Hash] = ResultOf(anchor.Hash, default) };
    private readonly ulong _first = anchor.Height + 1;

    /// <summary>The final blocks, from the one above the anchor.</summary>
    public List<(MicroBlock Block, OrderingCertificate Certificate)> Final { get; } = [];

    public List<VoteEvidence> Evidence { get; } = [];

    /// <summary>Height of the epoch's last block.</summary>
    public ulong TerminalAt { get; init; } = ulong.MaxValue;

    /// <summary>One answer in so many is "not yet"; 0 for none.</summary>
    public int NotYetEvery { get; init; }

    public int BodyBytes { get; init; } = 24;

    public bool Build(in Digest parent, ulong height, long timeMs, int maxBytes, IBufferWriter<byte> body)
    {
        int length = Math.Min(maxBytes, BodyBytes);
        Span<byte> bytes = body.GetSpan(length + 1)[..length];
        for (int i = 0; i < bytes.Length; i++) bytes[i] = (byte)(salt + (int)height * 7 + i);
        body.Advance(length);
        return height >= TerminalAt;
    }

    public BlockCheck Check(MicroBlock block)
    {
        if (NotYetEvery > 0 && random.Next(NotYetEvery) == 0) return BlockCheck.NotYet;
        if ((block.Header.Kind == MicroBlockKind.Terminal) != (block.Header.Height >= TerminalAt)) return BlockCheck.Invalid;
        return block.Body.Length > 0 && block.Body.Span[0] == 0xEE && block.Body.Length == 1 ? BlockCheck.Invalid : BlockCheck.Valid;
    }

    public bool TryGetResult(in Digest block, bool sealing, out ExecutedBlock result)
    {
        if (!_results.TryGetValue(block, out result))
        {
            // A chain of hashes needs nothing but the name.
            result = ResultOf(block, default);
            _results.Add(block, result);
        }
        if (!sealing) result = result with { StateRoot = default };
        return NotYetEvery == 0 || random.Next(NotYetEvery) != 0;
    }

    public void Finalized(MicroBlock block, OrderingCertificate certificate)
    {
        Assert.Equal(_first + (ulong)Final.Count, block.Header.Height);
        Assert.Equal(OrderingVoteKind.Finalize, certificate.Kind);
        Final.Add((block, certificate));
    }

    public void Accuse(VoteEvidence evidence) => Evidence.Add(evidence);

    public static ExecutedBlock ResultOf(in Digest block, in Digest before)
    {
        Span<byte> input = stackalloc byte[65];
        block.Span.CopyTo(input);
        before.Span.CopyTo(input[32..]);
        Span<byte> output = stackalloc byte[32];
        SHA256.HashData(input, output);
        var receipts = new Digest(output);
        input[64] = 1;
        SHA256.HashData(input, output);
        return new ExecutedBlock(receipts, new Digest(output), receipts);
    }
}
