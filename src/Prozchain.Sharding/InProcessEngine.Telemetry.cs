using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Observability;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding;

/// <content>What <see cref="ShardingInstruments"/> hear of the engine; nothing is done while nobody listens.</content>
public sealed partial class InProcessEngine<TTransition>
{
    private readonly ShardTelemetry _telemetry = new();

    // The engine has no clock: what is handed in between two rounds comes at the time of the first.
    private void TellSubmitted(IReadOnlyList<ReadOnlyMemory<byte>> transactions, ReadOnlySpan<AdmissionResult> results)
    {
        if (!ShardingInstruments.IsListening) return;
        for (int i = 0; i < transactions.Count; i++)
            if (results[i] == AdmissionResult.Accepted) _telemetry.Submitted(Layout.Shards[_desk.ShardOf(i)].Id, transactions[i].Span, TimeMs);
    }

    private void TellSubmitted(int shard, AtomicTransaction transaction) => _telemetry.Submitted(Layout.Shards[shard].Id, transaction, TimeMs);

    // What the shards have just executed: told at once, as a step is overwritten by the next but one. A round of the log was told of when it was made.
    private void Note(int block, long finalMs)
    {
        if (_replayed is not null || !ShardingInstruments.IsListening) return;
        foreach (HostedShard<TTransition> shard in _shards)
            if (shard.LastStep is { } step) _telemetry.Final(new MicroBlock(shard.Tip, block < 0 ? default : shard.BodyOf(block)), step, finalMs);
    }

    // Once the round is in the log.
    private void TellWaiting()
    {
        if (!ShardingInstruments.IsListening) return;
        var unacknowledged = new int[_shards.Length];
        foreach (HostedShard<TTransition> shard in _shards)
            foreach (ReceiptLine.Waiting item in shard.Line.Items)
                if (_indexes.TryGetValue(item.Receipt.Source.Shard, out int source)) unacknowledged[source]++;
        for (int i = 0; i < _shards.Length; i++) ShardTelemetry.Waiting(_shards[i].Info.Id, _shards[i].Queue.Count + _shards[i].WaitingAtomic, _shards[i].Line.Count, unacknowledged[i]);
    }
}
