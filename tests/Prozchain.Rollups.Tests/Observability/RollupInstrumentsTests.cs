using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Observability;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Observability;

/// <summary>What a listener hears of a rollup. Other tests run at the same time: what is heard outside this test's own flow does not count.</summary>
public sealed class RollupInstrumentsTests
{
    private readonly AsyncLocal<bool> _isOwn = new();
    private readonly ConcurrentDictionary<string, double> _heard = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ARollup_TellsWhatItSequencesPostsDerivesAndClaims()
    {
        _isOwn.Value = true;
        var activities = new ConcurrentBag<string>();
        using var tracing = new ActivityListener
        {
            ShouldListenTo = source => source.Name == RollupInstruments.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => _isOwn.Value ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = activity => { if (_isOwn.Value) activities.Add($"{activity.OperationName} {activity.GetTagItem(RollupInstruments.Batch)}"); },
        };
        ActivitySource.AddActivityListener(tracing);
        using MeterListener listener = Listen();

        await using var world = new InProcessWorld();
        using PaymentRollup rollup = await PaymentRollup.StartAsync(world);
        await rollup.DepositAsync(0, 1_000);
        await rollup.PostAsync();
        await rollup.PostAsync(rollup.Pay(0, 1, 50), rollup.Pay(0, 2, 60));
        await rollup.SyncAsync();
        Assert.Equal(ClaimMove.Claimed, await new ClaimProposer(rollup.Live(PaymentRollup.Proposer), rollup.At, rollup.Node).StepAsync(Cancellation));
        listener.RecordObservableInstruments();

        Assert.Equal((2, 2), (Heard("sequencer.batches"), Heard("sequencer.transactions")));
        Assert.Equal((2, 0), (Heard("posted.batches"), Heard("posted.refusals")));
        Assert.True(Heard("posted.size") > 100, $"Expected the bytes of a batch, got {Heard("posted.size")}.");
        // The sequencer derives what it posted too.
        Assert.True(Heard($"derived.batches {BatchVerdict.Executed}") >= 1 && Heard("derived.transactions") >= 2);
        Assert.Equal(1, Heard("settlement.calls propose"));
        Assert.Contains("sequencer.post 1", activities);
        Assert.Contains("derivation.batch 1", activities);
    }

    [Fact]
    public async Task WhatCannotBeDerived_IsToldWithItsReason()
    {
        _isOwn.Value = true;
        await using var world = new InProcessWorld();
        using PaymentRollup rollup = await PaymentRollup.StartAsync(world);
        await rollup.DepositAsync(0, 1_000);
        await rollup.PostAsync();
        await rollup.PostAsync(rollup.Pay(0, 1, 50));
        await rollup.ForgetDataAsync();
        using MeterListener listener = Listen();
        using var late = rollup.NewNode();
        Assert.Equal(WaitReason.MissingData, (await late.SyncAsync(null, Cancellation)).WaitsWhy);
        Assert.True(Heard($"derivation.waits {WaitReason.MissingData}") >= 1);
    }

    private double Heard(string name) => _heard.GetValueOrDefault($"prozchain.rollups.{name}");

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) => { if (instrument.Meter.Name == RollupInstruments.Name) listening.EnableMeasurementEvents(instrument); },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (!_isOwn.Value) return;
            string name = tags.IsEmpty ? instrument.Name : $"{instrument.Name} {tags[0].Value}";
            _heard.AddOrUpdate(name, value, (_, sum) => sum + value);
        });
        listener.Start();
        return listener;
    }
}
