using Prozchain.AI.Compute;

namespace Prozchain.AI.Tests.Compute;

/// <summary>What a model is charged for decides whose turn is next: the core time that it had, whatever was foreseen.</summary>
public sealed class SchedulerChargeTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(1), s_day = TimeSpan.FromDays(1);

    /// <summary>Two batches of a model run at once; by the first that ends it is known how fast it is. The second is charged for what it took, too.</summary>
    [Fact]
    public void Finish_SpeedLearntMeanwhile_ChargesWhatItTook()
    {
        var scheduler = new ComputeScheduler(new ComputeCapacity(0, 3), marginPercent: 0);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = s_step }, out int known);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = 100 * s_step }, out int guessed);
        Admit(scheduler, known, 1, s_day);
        ComputeBatch own = Start(scheduler, TimeSpan.Zero);
        Admit(scheduler, guessed, 3, s_day);
        ComputeBatch first = Start(scheduler, TimeSpan.Zero), second = Start(scheduler, TimeSpan.Zero);
        Assert.Equal((known, guessed, guessed), (own.Model, first.Model, second.Model));
        Admit(scheduler, known, 40, s_day);
        foreach (ComputeBatch batch in new[] { first, second, own }) scheduler.Finish(batch, new bool[1], s_step);
        // The guessed model had two steps of core time, the known one has had one: it is two ahead at the most.
        TimeSpan now = s_step;
        for (int ahead = 0; ; ahead++)
        {
            Assert.InRange(ahead, 0, 2);
            ComputeBatch next = Start(scheduler, now);
            if (next.Model == guessed) return;
            scheduler.Finish(next, new bool[1], now += s_step);
        }
    }

    /// <summary>The longest guess there is for a whole batch: nothing wraps, and the model is not out for ever.</summary>
    [Fact]
    public void Finish_LongestGuess_IsNotChargedForEver()
    {
        var scheduler = new ComputeScheduler(new ComputeCapacity(0, 2), marginPercent: 0);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = s_step }, out int quick);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 16, StepTime = TimeSpan.MaxValue }, out int slow);
        Admit(scheduler, quick, 1, s_day);
        ComputeBatch other = Start(scheduler, TimeSpan.Zero);
        Admit(scheduler, slow, 16, TimeSpan.MaxValue);
        ComputeBatch batch = Start(scheduler, TimeSpan.Zero);
        Assert.Equal((quick, slow, 16), (other.Model, batch.Model, batch.Count));
        Admit(scheduler, quick, 40, s_day);
        scheduler.Finish(batch, new bool[16], s_step);
        scheduler.Finish(other, new bool[1], s_step);
        Admit(scheduler, slow, 1, TimeSpan.MaxValue);
        // So large a charge, given back, leaves a few milliseconds: what numbers of 53 bits do not hold.
        TimeSpan now = s_step;
        for (int ahead = 0; ; ahead++)
        {
            Assert.InRange(ahead, 0, 20);
            ComputeBatch next = Start(scheduler, now);
            if (next.Model == slow) return;
            scheduler.Finish(next, new bool[1], now += s_step);
        }
    }

    private static void Admit(ComputeScheduler scheduler, int model, int requests, TimeSpan deadline)
    {
        for (int i = 0; i < requests; i++) Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 1, deadline, TimeSpan.Zero).Status);
    }

    private static ComputeBatch Start(ComputeScheduler scheduler, TimeSpan now)
    {
        Assert.True(scheduler.TryStart(now, out ComputeBatch? batch));
        return batch!;
    }
}
