using Prozchain.AI.Compute;

namespace Prozchain.AI.Tests.Compute;

/// <summary>Seeded runs of a machine on which time passes as the test says: what was promised holds, whatever comes.</summary>
public sealed class SchedulerSimulationTests
{
    /// <summary>One model whose speed is as stated: whoever has a slot ends in time.</summary>
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(2, 2, 1)]
    [InlineData(3, 4, 1)]
    [InlineData(4, 1, 5)]
    [InlineData(5, 3, 8)]
    public void OneModel_KnownSpeed_EveryAdmittedRequestEndsInTime(int seed, int cores, int batch)
    {
        var run = new SchedulerRun(seed, cores, speeds: [TimeSpan.FromMilliseconds(4)], maxBatch: batch);
        run.Play(arrivals: 3000, meanGap: TimeSpan.FromMilliseconds(4.0 / cores * 0.9), maxSteps: 3);
        Assert.Equal((0, 0), (run.Late, run.Missed));
        Assert.True(run.Refused > 50 && run.Done > 1000, $"done {run.Done}, refused {run.Refused}");
        run.AssertEmpty();
    }

    /// <summary>Several models, cancelled requests, speeds that differ from what was stated: every slot comes back, and late ones are told.</summary>
    [Theory]
    [InlineData(11, 1)]
    [InlineData(12, 2)]
    [InlineData(13, 5)]
    public void SeveralModels_AnySpeed_NothingIsLost(int seed, int cores)
    {
        var run = new SchedulerRun(seed, cores, [TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(9), TimeSpan.FromMilliseconds(30)], wrongBy: 3);
        run.Play(arrivals: 3000, meanGap: TimeSpan.FromMilliseconds(6.0 / cores), maxSteps: 5, cancelOneIn: 7);
        run.AssertEmpty();
        Assert.Equal(3000, run.Done + run.Refused + run.Late + run.Cancelled);
    }

    /// <summary>A flood of one model's requests takes no more of the machine than its weight, once the other has work.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void TwoModels_BothFlooded_ShareByWeight(int weight)
    {
        var scheduler = new ComputeScheduler(new ComputeCapacity(0, 2), marginPercent: 0);
        scheduler.TryAddModel(new ModelDemand { StepTime = TimeSpan.FromMilliseconds(2), MaxBatch = 4 }, out int light);
        scheduler.TryAddModel(new ModelDemand { StepTime = TimeSpan.FromMilliseconds(5), MaxBatch = 1, Weight = weight }, out int heavy);
        double[] had = new double[2];
        TimeSpan now = TimeSpan.Zero, far = TimeSpan.FromDays(1);
        for (int i = 0; i < 2000; i++) scheduler.Admit(light, 1, far, now);
        for (int i = 0; i < 1000; i++)
        {
            scheduler.Admit(light, 1, far, now);
            scheduler.Admit(heavy, 1, far, now);
            scheduler.TryStart(now, out ComputeBatch? batch);
            TimeSpan took = batch!.Count * scheduler.StepTimeOf(batch.Model);
            had[batch.Model] += took.TotalSeconds;
            scheduler.Finish(batch, new bool[batch.Count], now += took);
        }
        Assert.Equal(weight, had[heavy] / had[light], 0.05 * weight);
    }

    [Fact]
    public void SameSeed_SameRun()
    {
        string[] logs = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            var run = new SchedulerRun(99, 3, [TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(3)], wrongBy: 2);
            run.Play(arrivals: 500, meanGap: TimeSpan.FromMilliseconds(1), maxSteps: 4, cancelOneIn: 5);
            return $"{run.Done} {run.Refused} {run.Late} {run.Cancelled} {run.Missed} {run.Digest:X}";
        })];
        Assert.Equal(logs[0], logs[1]);
    }
}
