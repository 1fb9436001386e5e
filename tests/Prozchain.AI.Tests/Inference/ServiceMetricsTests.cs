using System.Diagnostics;
using System.Diagnostics.Metrics;
using Prozchain.AI.Engine;
using Prozchain.AI.Inference;
using Prozchain.AI.Observability;

namespace Prozchain.AI.Tests.Inference;

/// <summary>What the meter says of calls. Meters are the process's, so nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(ServiceMetricsTests), DisableParallelization = true)]
[Collection(nameof(ServiceMetricsTests))]
public sealed class ServiceMetricsTests
{
    /// <summary>A call is an activity: an event for each step of the transaction that ended, and how the call ended.</summary>
    [Fact]
    public async Task Activity_OfACall_HasItsStagesAndItsEnd()
    {
        using var testing = new ServiceTesting(cores: 1);
        IntegerGraph graph = GraphFileTests.Dense(1);
        await testing.PublishAsync("a", graph);
        var seen = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == AiInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => seen.Add($"{activity.OperationName}: {string.Join(", ", activity.Events.Select(e => e.Name))}: {activity.GetTagItem(AiInstruments.Kind)}"),
        };
        ActivitySource.AddActivityListener(listener);
        var call = new InferenceCall { Model = "a", Inputs = ServiceTesting.Input(graph, 1), Within = TimeSpan.FromMinutes(1) };
        await testing.RunAsync(call);
        await testing.RunAsync(new InferenceCall { Model = "nobody", Inputs = [] });
        testing.LogIsFull = true;
        await testing.RunAsync(call);
        using var stop = new CancellationTokenSource();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => testing.RunAsync(
            call, stage =>
            {
                if (stage == InferenceStage.Load) stop.Cancel();
            },
            stop.Token));
        string all = string.Join(", ", Enum.GetValues<InferenceStage>());
        Assert.Equal(
            [$"inference: {all}: Done", "inference: : UnknownModel", $"inference: {all.Replace("Record, ", "", StringComparison.Ordinal)}: NotRecorded", "inference: Resolve, Load, Allocate, Release: Cancelled"], seen);
    }

    [Fact]
    public async Task Instruments_CallsOfEveryOutcome_AreCountedOnceEach()
    {
        var counts = new Dictionary<string, long>();
        var sizes = new List<int>();
        long active = 0;
        int durations = 0, waits = 0;
        using var testing = new ServiceTesting(cores: 1);
        IntegerGraph graph = GraphFileTests.Dense(1, inputs: 10);
        await testing.PublishAsync("a", graph);
        await testing.PublishAsync("lost", graph);
        testing.Lose("lost");
        using var listener = new MeterListener { InstrumentPublished = (i, l) => { if (i.Meter.Name == AiInstruments.Name) l.EnableMeasurementEvents(i); } };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            lock (counts)
            {
                if (instrument.Name == "prozchain.ai.compute.active") active += value;
                else if (tags.Length == 1 && tags[0].Key == AiInstruments.Kind)
                {
                    string key = $"{instrument.Name["prozchain.ai.".Length..]} {tags[0].Value}";
                    counts[key] = counts.GetValueOrDefault(key) + value;
                }
            }
        });
        listener.SetMeasurementEventCallback<int>((instrument, value, _, _) =>
        {
            if (instrument.Name == "prozchain.ai.compute.batch.size") lock (counts) sizes.Add(value);
        });
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            Assert.True(value >= 0);
            lock (counts)
            {
                if (instrument.Name == "prozchain.ai.inference.duration") durations++;
                if (instrument.Name == "prozchain.ai.compute.wait") waits++;
            }
        });
        listener.Start();

        using var cancelled = new CancellationTokenSource();
        await Run("a");
        await Run("lost");
        await Run("a", within: TimeSpan.Zero);
        await Run("a", next: (_, _, _) => throw new InvalidCastException());
        await Run("a", next: (_, _, _) =>
        {
            cancelled.Cancel();
            return true;
        });
        testing.SignFault = new InvalidCastException();
        await Run("a");
        testing.Pool.Dispose();
        await Run("a");
        listener.Dispose();
        Assert.Equal(
            [
                "compute.requests Cancelled 1", "compute.requests DeadlineCannotHold 1", "compute.requests Done 3", "inference.requests Cancelled 1", "inference.requests Closed 1",
                "inference.requests Done 1", "inference.requests Faulted 2", "inference.requests NotLoaded 1", "inference.requests Refused 1",
            ],
            counts.Select(c => $"{c.Key} {c.Value}").Order(StringComparer.Ordinal));
        Assert.Equal((0L, 7, 4), (active, durations, waits));
        // Who is cancelled in a step may have begun another.
        Assert.InRange(sizes.Count, 4, 5);
        Assert.All(sizes, size => Assert.Equal(1, size));

        async Task Run(string model, TimeSpan? within = null, InferenceCall.NextStep? next = null)
        {
            var call = new InferenceCall { Model = model, Inputs = ServiceTesting.Input(graph, 1), Within = within ?? TimeSpan.FromMinutes(1), MaxSteps = next is null ? 1 : 2, Next = next };
            try
            {
                await testing.RunAsync(call, null, next is null ? TestContext.Current.CancellationToken : cancelled.Token);
            }
            catch (Exception e) when (e is InvalidCastException or OperationCanceledException)
            {
            }
        }
    }
}
