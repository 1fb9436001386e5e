using System.Diagnostics;
using System.Diagnostics.Metrics;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Observability;
using Prozchain.Sharding.Simulation;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Observability;

/// <summary>What a listener hears of a bank over shards: all of it in simulated time. Other tests run at the same time, so each looks only for its own.</summary>
public class ShardTelemetryTests
{
    private const int Shards = 3;

    [Fact]
    public void Activities_OfATransfer_ShareOneTraceThroughEveryShard()
    {
        var stopped = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ShardingInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { lock (stopped) stopped.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);
        // Another start than that of any other world.
        const long StartMs = 1_900_000_000_000;
        using BankWorld bank = Bank(StartMs);
        bank.World.RunTo(9_000);
        BankReport report = bank.Report();
        listener.Dispose();
        Activity[] own = [.. stopped.Where(activity => activity.StartTimeUtc >= DateTime.UnixEpoch.AddMilliseconds(StartMs) && activity.StartTimeUtc < DateTime.UnixEpoch.AddMilliseconds(StartMs + 10_000))];
        var traces = own.GroupBy(activity => activity.TraceId).ToArray();

        // Each credit is in the trace of the transfer that was handed in and executed in another shard, and comes last.
        Activity[] credits = [.. own.Where(activity => activity.OperationName == "credit")];
        Assert.True(report.CrossShard > 30 && credits.Length >= report.CrossShard, $"Expected at least {report.CrossShard} credits, got {credits.Length}.");
        foreach (Activity credit in credits)
        {
            Activity submit = Assert.Single(own, activity => activity.TraceId == credit.TraceId && activity.OperationName == "submit");
            Activity execute = Assert.Single(own, activity => activity.TraceId == credit.TraceId && activity.OperationName == "execute");
            Assert.Equal((submit.GetTagItem(ShardingInstruments.Shard), submit.StartTimeUtc), (execute.GetTagItem(ShardingInstruments.Shard), execute.StartTimeUtc));
            Assert.Equal(execute.GetTagItem(ShardingInstruments.Shard), credit.GetTagItem(ShardingInstruments.Source));
            Assert.NotEqual(credit.GetTagItem(ShardingInstruments.Source), credit.GetTagItem(ShardingInstruments.Shard));
            Assert.True(credit.StartTimeUtc + credit.Duration > execute.StartTimeUtc + execute.Duration);
            Assert.NotEmpty(execute.Links);
        }
        // A swap: handed in once, begun and committed in two shards, under one trace.
        Assert.Contains(traces, trace => trace.Count(activity => activity.OperationName == "submit") == 1
            && trace.Where(activity => activity.OperationName == "begin").Select(activity => activity.GetTagItem(ShardingInstruments.Shard)).Distinct().Count() == 2
            && trace.Where(activity => activity.OperationName == "commit").Select(activity => activity.GetTagItem(ShardingInstruments.Shard)).Distinct().Count() == 2);
    }

    [Fact]
    public void Meter_OfABank_CountsWhatTheBankReports()
    {
        // Measurements carry no world: those of this thread are this test's.
        int thread = Environment.CurrentManagedThreadId;
        var sums = new Dictionary<string, double>();
        var last = new Dictionary<(string, long), double>();
        var cross = new List<double>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) => { if (instrument.Meter.Name == ShardingInstruments.Name) listening.EnableMeasurementEvents(instrument); },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument.Name, value, tags));
        listener.Start();
        using BankWorld bank = Bank(WorldStart.Default);
        bank.World.RunTo(9_000);
        BankReport report = bank.Report();
        listener.Dispose();

        Assert.Equal(report.Applied, sums["prozchain.sharding.transactions applied"]);
        Assert.Equal(bank.Layout.Shards.Sum(shard => (double)bank.Shards.HeightOf(shard.Id)), sums["prozchain.sharding.blocks"]);
        Assert.True(sums["prozchain.sharding.lag"] > 0 && sums["prozchain.sharding.atomic.duration commit"] > 0 && sums["prozchain.sharding.transaction.duration applied"] > 0);
        Assert.Equal(report.CrossShard, cross.Count);
        Assert.Equal(report.MedianMs, cross.Order().ElementAt(cross.Count / 2));
        foreach (ShardInfo shard in bank.Layout.Shards)
        {
            Assert.True(last.ContainsKey(("prozchain.sharding.throughput", (long)shard.Id.Value)) && last.ContainsKey(("prozchain.sharding.queue transactions", (long)shard.Id.Value)));
            Assert.Equal(0, last[("prozchain.sharding.queue unacknowledged", (long)shard.Id.Value)]);
        }

        void Hear(string name, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            if (Environment.CurrentManagedThreadId != thread) return;
            long shard = 0;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == ShardingInstruments.Shard) shard = (long)tag.Value!;
                if (tag.Key is ShardingInstruments.Outcome or ShardingInstruments.Queue) name += $" {tag.Value}";
            }
            if (name == "prozchain.sharding.cross_shard.duration") cross.Add(value);
            sums[name] = sums.GetValueOrDefault(name) + value;
            last[(name, shard)] = value;
        }
    }

    [Fact]
    public void World_ListenedTo_DoesTheSame()
    {
        using BankWorld deaf = Bank(WorldStart.Default);
        deaf.World.RunTo(3_000);
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ShardingInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        using BankWorld heard = Bank(WorldStart.Default);
        heard.World.RunTo(3_000);
        Assert.Equal(deaf.World.EventHash, heard.World.EventHash);
    }

    // In a child process: there nobody listens.
    [Fact]
    public void Final_NobodyListens_AllocatesNothing() => ChildTest.RunInChild("deaf", () =>
    {
        var blocks = new List<FinalBlock>();
        using (BankWorld bank = Bank(WorldStart.Default))
        {
            bank.Shards.Observer = blocks.Add;
            bank.World.RunTo(2_000);
        }
        var telemetry = new ShardTelemetry();
        Assert.False(ShardingInstruments.IsListening);
        byte[] transaction = [1, 2, 3];
        AllocationAssert.None(() =>
        {
            foreach (FinalBlock block in blocks)
            {
                telemetry.Submitted(block.Shard, transaction, block.NowMs);
                telemetry.Final(block.Block, block.Step, block.NowMs);
                ShardTelemetry.Waiting(block.Shard, 1, 2, 3);
            }
        });
        Assert.All(blocks, block => Assert.Empty(block.Step.Origins));
    });

    [Fact]
    public void Final_SourceNotSeen_LinksToTheBundlesTrace()
    {
        var blocks = new List<FinalBlock>();
        var stopped = new List<Activity>();
        int thread = Environment.CurrentManagedThreadId;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ShardingInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => { if (Environment.CurrentManagedThreadId == thread) stopped.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);
        using BankWorld bank = Bank(WorldStart.Default);
        bank.Shards.Observer = blocks.Add;
        bank.World.RunTo(4_000);
        stopped.Clear();
        // As if each shard were a process of its own.
        foreach (IGrouping<ShardId, FinalBlock> ofShard in blocks.GroupBy(block => block.Shard))
        {
            var telemetry = new ShardTelemetry();
            foreach (FinalBlock block in ofShard) telemetry.Final(block.Block, block.Step, block.NowMs);
        }
        var linked = stopped.SelectMany(activity => activity.Links).Select(link => link.Context.TraceId).ToHashSet();
        Activity[] credits = [.. stopped.Where(activity => activity.OperationName == "credit")];
        Assert.NotEmpty(credits);
        Assert.All(credits, credit => Assert.Contains(credit.TraceId, linked));
    }

    private static BankWorld Bank(long startMs) => new(TestSettings.Seed, new BankOptions { Shards = Shards, LoadMs = 4_000, World = new WorldOptions { StartMs = startMs } });

    private static class WorldStart
    {
        public static long Default { get; } = new WorldOptions().StartMs;
    }
}
