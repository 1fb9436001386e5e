using System.Buffers;
using System.Diagnostics;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Sequencing;

/// <summary>Puts the sources of closed batches on the settlement layer, each at its number, again if it is lost.</summary>
internal sealed class BatchPoster(DerivationRules rules, ISettlementChain settlement, IDataPublisher data, RollupSequencerOptions options)
{
    /// <summary>What of a batch six blobs have room for, whatever becomes of it in a channel.</summary>
    public const int MaxBlobBytes = MostBlobs * Blob.Capacity - (1 << 14);

    private const int MostBlobs = 6;

    private readonly Dictionary<ulong, (ReadOnlyMemory<byte> Source, ProducedBatch Batch)> _sources = [];

    /// <summary>How many batches it holds.</summary>
    public int Count => _sources.Count;

    /// <summary>A closed batch: one frame, which is a channel of its own; or itself, if it is bare.</summary>
    public void Add(in ProducedBatch batch, ReadOnlySpan<byte> bytes)
    {
        if (rules.IsBare)
        {
            _sources[batch.Number] = (bytes.ToArray(), batch);
            return;
        }
        var content = new ArrayBufferWriter<byte>();
        ChannelContent.Write([bytes.ToArray()], options.Quality, content);
        ProducedBatch closed = batch;
        Frame.Split(content.WrittenSpan, int.MaxValue, source => _sources[closed.Number] = (source, closed));
    }

    public void Forget(ulong number) => _sources.Remove(number);

    public void Clear() => _sources.Clear();

    /// <summary>Posts on from what the settlement layer has.</summary>
    public async Task<Posted> PostAsync(CancellationToken cancellation)
    {
        for (int count = 0; ; count++)
        {
            ulong next = await CountAsync(cancellation).ConfigureAwait(false);
            if (!_sources.TryGetValue(next, out (ReadOnlyMemory<byte> Source, ProducedBatch Batch) batch)) return new Posted(count, null, null);
            using Activity? activity = RollupInstruments.Activities.StartActivity("sequencer.post")?.SetTag(RollupInstruments.Batch, next);
            ChainCall call = await CallOfAsync(batch.Source, batch.Batch, cancellation).ConfigureAwait(false);
            ChainAnswer answer = await settlement.CallAsync(call, cancellation).ConfigureAwait(false);
            if (!answer.IsOk)
            {
                // Another that got there first, such as this one's own from before a restart, is no refusal.
                if (await CountAsync(cancellation).ConfigureAwait(false) != next) continue;
                RollupInstruments.Refused.Add(1);
                return new Posted(count, IsOutOfDate(answer.Output) ? next : null, RevertReason.Describe(answer.Output, InboxContract.Errors));
            }
            ChainReceipt receipt = await settlement.SendAsync(call, cancellation).ConfigureAwait(false);
            // What became of it meanwhile, the next try says.
            if (!receipt.IsOk) return new Posted(count, null, null);
            RollupInstruments.Posted.Add(1);
            RollupInstruments.PostedBytes.Add(batch.Source.Length);
        }
    }

    // What the settlement layer asks of a batch has changed since it was closed. A time that is yet to come will.
    private static bool IsOutOfDate(ReadOnlyMemory<byte> reason)
    {
        foreach (AbiFunction error in InboxContract.Errors)
        {
            if (error.TryDecode(reason, out AbiValue values) != AbiReadResult.Ok) continue;
            return error.Name is "ForcedDue" or "WrongForcedCount" || (error.Name == "WrongTime" && values[2].ToUInt64() < values[0].ToUInt64());
        }
        return false;
    }

    private async ValueTask<ulong> CountAsync(CancellationToken cancellation)
    {
        ChainAnswer answer = await settlement.CallAsync(new ChainCall(rules.Inbox, InboxContract.BatchCount.Encode()), cancellation).ConfigureAwait(false);
        return answer.IsOk && InboxContract.BatchCount.TryDecodeOutput(answer.Output, out AbiValue values) == AbiReadResult.Ok
            ? values[0].ToUInt64() : throw new InvalidOperationException($"Expected an Inbox at {rules.Inbox}, got no answer of one.");
    }

    private ChainCall InBlobs(ReadOnlyMemory<byte> source, in ProducedBatch batch, AbiValue list)
    {
        // Of a list of none nobody needs the bytes.
        if (rules.IsListed && batch.Count == 0) source = default;
        var blobs = new List<ReadOnlyMemory<byte>>();
        do
        {
            var blob = new byte[Blob.Size];
            int length = Math.Min(source.Length, Blob.Capacity);
            Blob.Pack(source.Span[..length], blob);
            blobs.Add(blob);
            source = source[length..];
        }
        while (!source.IsEmpty);
        return new ChainCall(rules.Inbox, InboxContract.AppendBlobs.Encode(batch.Number, (ulong)blobs.Count, (ulong)batch.ForcedCount, list)) { Blobs = blobs };
    }

    private async ValueTask<ChainCall> CallOfAsync(ReadOnlyMemory<byte> source, ProducedBatch batch, CancellationToken cancellation)
    {
        AbiValue list = InboxContract.ListOf(batch.Items, rules.IsListed ? (ulong)batch.Count : 0, batch.Time);
        if (options.Posting == SourceKind.Blobs) return InBlobs(source, batch, list);
        if (options.Posting == SourceKind.Calldata) return new ChainCall(rules.Inbox, InboxContract.AppendCalldata.Encode(batch.Number, AbiValue.Of(source), (ulong)batch.ForcedCount, list));
        var commitment = new byte[Digest32.Size];
        await data.PublishAsync(source, commitment, cancellation).ConfigureAwait(false);
        // A batch whose data no challenge could be answered with would count as withheld.
        if (ChunkCommitment.Compute(source.Span) != new Digest32(commitment)) throw new InvalidOperationException("Expected a data layer that commits to chunks.");
        ReadOnlyMemory<byte> signatures = options.Certify is null ? default : await options.Certify(new Digest32(commitment), (ulong)source.Length, cancellation).ConfigureAwait(false);
        return new ChainCall(rules.Inbox, InboxContract.AppendCertified.Encode(batch.Number, new Digest32(commitment), (ulong)source.Length, AbiValue.Of(signatures), (ulong)batch.ForcedCount, list));
    }

    /// <summary>How a round of posting ended.</summary>
    /// <param name="Count">Batches posted.</param>
    /// <param name="OutOfDate">The batch that has to be made again before the settlement layer takes it.</param>
    /// <param name="Refusal">Why it took the next one not.</param>
    public readonly record struct Posted(int Count, ulong? OutOfDate, string? Refusal);
}
