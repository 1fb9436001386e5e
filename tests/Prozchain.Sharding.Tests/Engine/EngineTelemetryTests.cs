using System.Diagnostics.Metrics;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Observability;

namespace Prozchain.Sharding.Tests.Engine;

/// <summary>What a listener hears of an engine. Other tests run at the same time: measurements of this thread are this test's.</summary>
public class EngineTelemetryTests
{
    [Fact]
    public void Meter_OfAnEngine_CountsWhatTheRoundsReport()
    {
        const int Rounds = 12, Shards = 3;
        int thread = Environment.CurrentManagedThreadId, applied = 0, receipts = 0;
        var sums = new Dictionary<string, double>();
        var counts = new Dictionary<string, int>();
        var last = new Dictionary<(string, long), double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) => { if (instrument.Meter.Name == ShardingInstruments.Name) listening.EnableMeasurementEvents(instrument); },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
        listener.Start();
        using (InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(Shards) with { MicroBlocks = 5, MaxDegreeOfParallelism = 2 }))
        {
            var load = new EngineLoad(4);
            for (int round = 0; round < Rounds; round++)
            {
                if (round < 6) load.Submit(engine, 40);
                EngineRound result = engine.Round();
                applied += result.Shards.Sum(shard => shard.Applied);
                receipts += result.Shards.Sum(shard => shard.ReceiptsIn);
                foreach (ShardRound shard in result.Shards) Assert.Equal(shard.Queued, last[("prozchain.sharding.queue transactions", (long)shard.Shard.Value)]);
            }
            Assert.All(engine.Layout.Shards, shard => Assert.Equal(0, last[("prozchain.sharding.queue unacknowledged", (long)shard.Id.Value)]));
        }
        listener.Dispose();
        Assert.True(applied > 100 && receipts > 50, $"Expected a load, got {applied} applied and {receipts} receipts.");
        Assert.Equal(applied, sums["prozchain.sharding.transactions applied"]);
        Assert.Equal(applied, counts["prozchain.sharding.transaction.duration applied"]);
        // The last round's sealing blocks are executed when the next one begins.
        Assert.Equal(Shards * (6 * Rounds - 1), sums["prozchain.sharding.blocks"]);
        Assert.Equal(receipts, counts["prozchain.sharding.receipt.duration"]);
        Assert.Equal(receipts, counts["prozchain.sharding.cross_shard.duration"]);

        void Hear(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Environment.CurrentManagedThreadId != thread) return;
            long shard = 0;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == ShardingInstruments.Shard) shard = (long)tag.Value!;
                if (tag.Key is ShardingInstruments.Outcome or ShardingInstruments.Queue) name += $" {tag.Value}";
            }
            sums[name] = sums.GetValueOrDefault(name) + value;
            counts[name] = counts.GetValueOrDefault(name) + 1;
            last[(name, shard)] = value;
        }
    }

    [Fact]
    public void Engine_ListenedTo_DoesTheSame()
    {
        string[] deaf = Run();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) => { if (instrument.Meter.Name == ShardingInstruments.Name) listening.EnableMeasurementEvents(instrument); },
        };
        listener.Start();
        Assert.Equal(deaf, Run());

        static string[] Run()
        {
            using InProcessEngine<TransferTransition> engine = EngineWorld.Open(EngineWorld.Options(4));
            var load = new EngineLoad(5);
            return [.. Enumerable.Range(0, 6).Select(_ =>
            {
                load.Submit(engine, 40, swaps: true);
                return EngineWorld.Describe(engine.Round());
            })];
        }
    }
}
