using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Sequencing;

/// <summary>Puts the sources of closed batches on the settlement layer, each at its number, again if it is lost.</summary>
internal sealed class BatchPoster(DerivationRules rules, ISettlementChain settlement, IDataPublisher data, RollupSequencerOptions options)
{
    private readonly Dictionary<ulong, (ReadOnlyMemory<byte> Source, int Forced)> _sources = [];

    /// <summary>A closed batch: one frame, which is a channel of its own.</summary>
    public void Add(ulong number, int forced, ReadOnlySpan<byte> batch)
    {
        var content = new ArrayBufferWriter<byte>();
        ChannelContent.Write([batch.ToArray()], options.Quality, content);
        Frame.Split(content.WrittenSpan, int.MaxValue, source => _sources[number] = (source, forced));
    }

    public void Forget(ulong number) => _sources.Remove(number);

    public void Clear() => _sources.Clear();

    /// <summary>Posts on from what the settlement layer has: how many, and whether it refused one.</summary>
    public async Task<(int Posted, bool IsRefused)> PostAsync(CancellationToken cancellation)
    {
        for (int posted = 0; ; posted++)
        {
            ulong next = await CountAsync(cancellation).ConfigureAwait(false);
            if (!_sources.TryGetValue(next, out (ReadOnlyMemory<byte> Source, int Forced) batch)) return (posted, false);
            var call = new ChainCall(rules.Inbox, await CallOfAsync(next, batch.Source, batch.Forced, cancellation).ConfigureAwait(false));
            if (!(await settlement.CallAsync(call, cancellation).ConfigureAwait(false)).IsOk) return (posted, await CountAsync(cancellation).ConfigureAwait(false) == next);
            ChainReceipt receipt = await settlement.SendAsync(call, cancellation).ConfigureAwait(false);
            // Another that got there first, such as this one's own from before a restart, is no refusal.
            if (!receipt.IsOk && await CountAsync(cancellation).ConfigureAwait(false) == next) return (posted, true);
        }
    }

    private async ValueTask<ulong> CountAsync(CancellationToken cancellation)
    {
        ChainAnswer answer = await settlement.CallAsync(new ChainCall(rules.Inbox, InboxContract.BatchCount.Encode()), cancellation).ConfigureAwait(false);
        return answer.IsOk && InboxContract.BatchCount.TryDecodeOutput(answer.Output, out AbiValue values) == AbiReadResult.Ok
            ? values[0].ToUInt64() : throw new InvalidOperationException($"Expected an Inbox at {rules.Inbox}, got no answer of one.");
    }

    private async ValueTask<byte[]> CallOfAsync(ulong number, ReadOnlyMemory<byte> source, int forced, CancellationToken cancellation)
    {
        ChainBlock head = await settlement.FindBlockAsync(null, ChainFinality.Latest, cancellation).ConfigureAwait(false)
            ?? throw new InvalidOperationException("Expected a settlement layer with a block, got none.");
        AbiValue list = InboxContract.ListOf(default, 0, head.TimestampSeconds);
        if (options.Posting == SourceKind.Calldata) return InboxContract.AppendCalldata.Encode(number, AbiValue.Of(source), (ulong)forced, list);
        var commitment = new byte[Digest32.Size];
        await data.PublishAsync(source, commitment, cancellation).ConfigureAwait(false);
        // A batch whose data no challenge could be answered with would count as withheld.
        if (ChunkCommitment.Compute(source.Span) != new Digest32(commitment)) throw new InvalidOperationException("Expected a data layer that commits to chunks.");
        ReadOnlyMemory<byte> signatures = options.Certify is null ? default : await options.Certify(new Digest32(commitment), (ulong)source.Length, cancellation).ConfigureAwait(false);
        return InboxContract.AppendCertified.Encode(number, new Digest32(commitment), (ulong)source.Length, AbiValue.Of(signatures), (ulong)forced, list);
    }
}
