using Prozchain.AI.Compute;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Compute;

public sealed class ComputeSchedulerTests
{
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(10);

    [Fact]
    public void Admit_NoRoom_SaysWhy()
    {
        ComputeScheduler scheduler = New(memory: 100, cores: 1);
        Assert.False(scheduler.TryAddModel(new ModelDemand { Memory = 101 }, out _));
        Assert.True(scheduler.TryAddModel(new ModelDemand { Memory = 40, RequestMemory = 30, MaxRequests = 3, MaxBatch = 1, StepTime = s_step }, out int model));
        Assert.Equal(60, scheduler.FreeMemory);

        Assert.Equal((AdmissionStatus.DeadlineCannotHold, s_step), StatusAndEnd(scheduler.Admit(model, 1, s_step - TimeSpan.FromTicks(1), TimeSpan.Zero)));
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 1, s_step, TimeSpan.Zero).Status);
        Assert.Equal((AdmissionStatus.DeadlineCannotHold, 2 * s_step), StatusAndEnd(scheduler.Admit(model, 1, s_step, TimeSpan.Zero)));
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 1, 2 * s_step, TimeSpan.Zero).Status);
        Admission full = scheduler.Admit(model, 1, TimeSpan.FromDays(1), TimeSpan.Zero);
        Assert.Equal((AdmissionStatus.NoMemory, 0L), (full.Status, full.FreeMemory));
    }

    [Fact]
    public void Admit_EarlierDeadlineThanOneWithASlot_DoesNotBreakTheOther()
    {
        ComputeScheduler scheduler = New(cores: 1);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = s_step }, out int model);
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 3, 3 * s_step, TimeSpan.Zero).Status);
        Assert.Equal((AdmissionStatus.WouldDelayOthers, 4 * s_step), StatusAndEnd(scheduler.Admit(model, 1, s_step, TimeSpan.Zero)));
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 1, 4 * s_step, TimeSpan.Zero).Status);
    }

    /// <summary>A step that runs is not interrupted: who cannot wait for it is told at once.</summary>
    [Fact]
    public void Admit_OtherModelsBatchRuns_IsWaitedFor()
    {
        ComputeScheduler scheduler = New(cores: 2);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 4, StepTime = s_step }, out int slow);
        scheduler.TryAddModel(new ModelDemand { StepTime = s_step / 10 }, out int quick);
        for (int i = 0; i < 20; i++) Admit(scheduler, slow, 1, 100);
        Assert.Equal(4, Start(scheduler).Count);
        // A core is free.
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(quick, 1, s_step / 5, TimeSpan.Zero).Status);
        ComputeBatch own = Start(scheduler);
        Assert.Equal(quick, own.Model);
        scheduler.Finish(own, new bool[1], s_step / 10);
        Assert.True(scheduler.TryStart(s_step, out ComputeBatch? second));
        Assert.Equal((slow, 4), (second!.Model, second.Count));
        // None is: the first step ends at four steps, the second at five.
        Assert.Equal(AdmissionStatus.DeadlineCannotHold, scheduler.Admit(quick, 1, 4 * s_step, s_step).Status);
        Admission admission = scheduler.Admit(quick, 1, 5 * s_step, s_step);
        Assert.Equal(AdmissionStatus.Admitted, admission.Status);
        Assert.InRange(admission.ExpectedEnd, 4 * s_step, 4.5 * s_step);
    }

    [Fact]
    public void Admit_TooManyOfAModel_Refused()
    {
        ComputeScheduler scheduler = New();
        scheduler.TryAddModel(new ModelDemand { MaxRequests = 1 }, out int model);
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 1, TimeSpan.FromDays(1), TimeSpan.Zero).Status);
        Assert.Equal(AdmissionStatus.TooManyRequests, scheduler.Admit(model, 1, TimeSpan.FromDays(1), TimeSpan.Zero).Status);
        Assert.False(scheduler.TryRemoveModel(model));
        Assert.Throws<ArgumentException>(() => scheduler.Admit(model + 1, 1, TimeSpan.FromDays(1), TimeSpan.Zero));
    }

    [Fact]
    public void TryStart_Requests_EarliestDeadlineFirstAndNewOnesJoinTheNextStep()
    {
        ComputeScheduler scheduler = New(cores: 1);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 2, StepTime = s_step }, out int model);
        ComputeTicket late = Admit(scheduler, model, steps: 1, seconds: 9), middle = Admit(scheduler, model, steps: 2, seconds: 5), early = Admit(scheduler, model, steps: 3, seconds: 1);
        Assert.True(scheduler.TryStart(TimeSpan.Zero, out ComputeBatch? batch));
        Assert.Equal([early, middle], batch!.Tickets.ToArray());
        Assert.False(scheduler.TryStart(TimeSpan.Zero, out _));

        ComputeTicket urgent = Admit(scheduler, model, steps: 1, seconds: 0.5);
        bool[] ended = new bool[2];
        scheduler.Finish(batch, ended, s_step);
        Assert.Equal([false, false], ended);
        Assert.True(scheduler.TryStart(s_step, out batch));
        Assert.Equal([urgent, early], batch!.Tickets.ToArray());
        ended = [false, true];
        scheduler.Finish(batch, ended, 2 * s_step);
        Assert.Equal([true, true], ended);
        Assert.True(scheduler.TryStart(2 * s_step, out batch));
        Assert.Equal([middle, late], batch!.Tickets.ToArray());
    }

    [Fact]
    public void TryStart_FreeCores_SplitsWhatWaits()
    {
        ComputeScheduler scheduler = New(cores: 3);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 16 }, out int model);
        for (int i = 0; i < 7; i++) Admit(scheduler, model, 1, 100);
        int[] counts = [Start(scheduler).Count, Start(scheduler).Count, Start(scheduler).Count];
        Assert.Equal([3, 2, 2], counts);
    }

    [Fact]
    public void TryStart_WideModelsTurn_NothingOvertakesIt()
    {
        ComputeScheduler scheduler = New(cores: 2);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1 }, out int narrow);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, Cores = 2 }, out int wide);
        for (int i = 0; i < 4; i++) Admit(scheduler, narrow, 1, 100);
        ComputeBatch first = Start(scheduler), second = Start(scheduler);
        Assert.Equal((narrow, narrow), (first.Model, second.Model));
        Admit(scheduler, wide, 1, 100);
        scheduler.Finish(first, new bool[1], TimeSpan.FromMilliseconds(1));
        Assert.False(scheduler.TryStart(TimeSpan.FromMilliseconds(1), out _));
        scheduler.Finish(second, new bool[1], TimeSpan.FromMilliseconds(1));
        Assert.Equal(wide, Start(scheduler).Model);
        Assert.Equal(0, scheduler.FreeCores);
    }

    [Fact]
    public void TryStart_HopelessRequest_GivenBackLateWithItsSlot()
    {
        ComputeScheduler scheduler = New(memory: 10, cores: 1);
        scheduler.TryAddModel(new ModelDemand { RequestMemory = 5, MaxBatch = 1, StepTime = s_step }, out int model);
        ComputeTicket lost = scheduler.Admit(model, 2, 2 * s_step, TimeSpan.Zero).Ticket;
        ComputeTicket good = Admit(scheduler, model, 1, 10);
        Assert.True(scheduler.TryStart(s_step, out ComputeBatch? batch));
        Assert.Equal([good], batch!.Tickets.ToArray());
        Assert.True(scheduler.TryTakeLate(out ComputeTicket late));
        Assert.Equal(lost, late);
        Assert.False(scheduler.TryTakeLate(out _));
        Assert.Equal((5L, 1), (scheduler.FreeMemory, scheduler.Requests));
    }

    [Fact]
    public void Cancel_WaitingRunningEnded_GivesTheSlotBackOnce()
    {
        ComputeScheduler scheduler = New(memory: 10, cores: 1);
        scheduler.TryAddModel(new ModelDemand { RequestMemory = 5, MaxBatch = 1 }, out int model);
        ComputeTicket running = Admit(scheduler, model, 5, 10), waiting = Admit(scheduler, model, 1, 20);
        ComputeBatch batch = Start(scheduler);
        Assert.Equal(CancelStatus.Released, scheduler.Cancel(waiting));
        Assert.Equal(CancelStatus.Unknown, scheduler.Cancel(waiting));
        Assert.Equal(5, scheduler.FreeMemory);
        Assert.Equal(CancelStatus.EndsWithStep, scheduler.Cancel(running));
        Assert.Equal(5, scheduler.FreeMemory);
        bool[] ended = new bool[1];
        scheduler.Finish(batch, ended, TimeSpan.FromMilliseconds(1));
        Assert.True(ended[0]);
        Assert.Equal((10L, 1, 0), (scheduler.FreeMemory, scheduler.FreeCores, scheduler.Requests));
        Assert.Equal(CancelStatus.Unknown, scheduler.Cancel(running));
        Assert.True(scheduler.TryRemoveModel(model));
        Assert.Equal(CancelStatus.Unknown, scheduler.Cancel(running));
    }

    /// <summary>A model that had the machine for itself does not pay for it when another comes at a moment when nothing waits.</summary>
    [Fact]
    public void TryStart_ModelThatComesToAnIdleMachine_HasNoCredit()
    {
        ComputeScheduler scheduler = New(cores: 1);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = s_step }, out int old);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = s_step }, out int young);
        TimeSpan now = TimeSpan.Zero;
        for (int i = 0; i < 100; i++)
        {
            Admit(scheduler, old, 1, 1000);
            scheduler.Finish(Start(scheduler), new bool[1], now += s_step);
        }
        for (int i = 0; i < 50; i++) Admit(scheduler, young, 1, 1000);
        for (int i = 0; i < 50; i++) Admit(scheduler, old, 1, 1000);
        int[] had = new int[2];
        for (int i = 0; i < 20; i++)
        {
            ComputeBatch batch = Start(scheduler);
            had[batch.Model]++;
            scheduler.Finish(batch, new bool[1], now += s_step);
        }
        Assert.Equal([10, 10], had);
    }

    /// <summary>A flood of one model's requests leaves memory for those of another.</summary>
    [Fact]
    public void Admit_FloodOfOneModel_LeavesMemoryForOthers()
    {
        ComputeScheduler scheduler = New(memory: 1000, cores: 1);
        scheduler.TryAddModel(new ModelDemand { RequestMemory = 8, StepMemory = 1 }, out int flooded);
        int admitted = 0;
        while (scheduler.Admit(flooded, 2, TimeSpan.FromDays(1), TimeSpan.Zero).Status == AdmissionStatus.Admitted) admitted++;
        // Alone it has it all.
        Assert.Equal((100, 0L), (admitted, scheduler.FreeMemory));
        scheduler = New(memory: 1000, cores: 1);
        scheduler.TryAddModel(new ModelDemand { RequestMemory = 8, StepMemory = 1 }, out flooded);
        scheduler.TryAddModel(new ModelDemand { RequestMemory = 40 }, out int other);
        Admission last;
        for (admitted = 0; (last = scheduler.Admit(flooded, 2, TimeSpan.FromDays(1), TimeSpan.Zero)).Status == AdmissionStatus.Admitted;) admitted++;
        Assert.Equal((AdmissionStatus.MemoryShare, 80, 200L), (last.Status, admitted, scheduler.FreeMemory));
        for (int i = 0; i < 4; i++) Admit(scheduler, other, 1, 1000);
        Assert.Equal(AdmissionStatus.NoMemory, scheduler.Admit(flooded, int.MaxValue, TimeSpan.FromDays(1), TimeSpan.Zero).Status);
    }

    /// <summary>A machine that was slow for a while is asked again, now and then, how fast it is.</summary>
    [Fact]
    public void Admit_SpeedKnownFromASlowTime_IsMeasuredAgain()
    {
        ComputeScheduler scheduler = New(cores: 1);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 1, StepTime = s_step }, out int model);
        TimeSpan now = TimeSpan.Zero, within = TimeSpan.FromSeconds(1);
        Assert.Equal(AdmissionStatus.Admitted, scheduler.Admit(model, 1, now + within, now).Status);
        scheduler.Finish(Start(scheduler), new bool[1], now += TimeSpan.FromHours(1));
        // One pause of the machine is not taken for its speed.
        Assert.InRange(scheduler.StepTimeOf(model), s_step, 2 * s_step);
        for (int i = 0; i < 30; i++)
        {
            if (scheduler.Admit(model, 1, now + TimeSpan.FromHours(1), now).Status != AdmissionStatus.Admitted) continue;
            Assert.True(scheduler.TryStart(now, out ComputeBatch? slow));
            scheduler.Finish(slow!, new bool[1], now += TimeSpan.FromMinutes(1));
        }
        Assert.True(scheduler.StepTimeOf(model) > TimeSpan.FromSeconds(10));
        Assert.Equal(AdmissionStatus.DeadlineCannotHold, scheduler.Admit(model, 1, now + within, now).Status);
        int refused = 0, done = 0;
        for (int i = 0; i < 4000; i++, now += within)
        {
            if (scheduler.Admit(model, 1, now + within, now).Status != AdmissionStatus.Admitted)
            {
                refused++;
                continue;
            }
            Assert.True(scheduler.TryStart(now, out ComputeBatch? fast));
            scheduler.Finish(fast!, new bool[1], now += s_step);
            done++;
        }
        Assert.InRange(refused, 100, 4000 - 100);
        Assert.True(scheduler.StepTimeOf(model) < 2 * s_step && done > 100, $"{done} done, {refused} refused, {scheduler.StepTimeOf(model)}");
        Assert.Equal(AdmissionStatus.DeadlineCannotHold, scheduler.Admit(model, 1, now, now + TimeSpan.FromHours(1)).Status);
    }

    [Fact]
    public void Finish_NotRunningOrWrongFlags_Throws()
    {
        ComputeScheduler scheduler = New(), other = New();
        scheduler.TryAddModel(new ModelDemand(), out int model);
        Admit(scheduler, model, 1, 1);
        ComputeBatch batch = Start(scheduler);
        Assert.Throws<ArgumentException>(() => scheduler.Finish(batch, new bool[2], TimeSpan.Zero));
        Assert.Throws<ArgumentException>(() => other.Finish(batch, new bool[1], TimeSpan.Zero));
        scheduler.Finish(batch, new bool[1], TimeSpan.Zero);
        Assert.Throws<ArgumentException>(() => scheduler.Finish(batch, [], TimeSpan.Zero));
    }

    [Fact]
    public void Scheduler_WarmQueues_AllocateNothing()
    {
        ComputeScheduler scheduler = New(cores: 2);
        scheduler.TryAddModel(new ModelDemand { MaxBatch = 8 }, out int model);
        bool[] ended = new bool[8];
        TimeSpan now = TimeSpan.Zero;
        AllocationAssert.None(() =>
        {
            for (int i = 0; i < 64; i++) scheduler.Admit(model, 1, now + TimeSpan.FromSeconds(10 + i % 3), now);
            while (scheduler.TryStart(now, out ComputeBatch? batch)) scheduler.Finish(batch!, ended.AsSpan(0, batch!.Count), now += TimeSpan.FromTicks(100));
        });
    }

    private static ComputeScheduler New(long memory = 1 << 20, int cores = 2) => new(new ComputeCapacity(memory, cores), marginPercent: 0);

    private static (AdmissionStatus, TimeSpan) StatusAndEnd(Admission admission) => (admission.Status, admission.ExpectedEnd);

    private static ComputeTicket Admit(ComputeScheduler scheduler, int model, int steps, double seconds)
    {
        Admission admission = scheduler.Admit(model, steps, TimeSpan.FromSeconds(seconds), TimeSpan.Zero);
        Assert.Equal(AdmissionStatus.Admitted, admission.Status);
        return admission.Ticket;
    }

    private static ComputeBatch Start(ComputeScheduler scheduler)
    {
        Assert.True(scheduler.TryStart(TimeSpan.Zero, out ComputeBatch? batch));
        return batch!;
    }
}
