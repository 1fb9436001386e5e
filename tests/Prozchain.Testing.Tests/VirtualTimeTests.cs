namespace Prozchain.Testing.Tests;

public sealed class VirtualTimeTests
{
    [Fact]
    public void Advance_TimersOfManyDueTimes_FireInOrderAtTheirTimes()
    {
        var time = new VirtualTime();
        var fired = new List<(string Name, double At)>();
        void Set(string name, double due, double period = 0) =>
            time.CreateTimer(_ => fired.Add((name, time.Elapsed.TotalSeconds)), null, TimeSpan.FromSeconds(due), TimeSpan.FromSeconds(period));
        Set("c", 3);
        Set("a", 1);
        Set("tick", 1, 2);
        Set("b", 3);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal([("a", 1), ("tick", 1), ("c", 3), ("b", 3), ("tick", 3)], fired);
        Assert.Equal(TimeSpan.FromSeconds(4), time.Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(5), time.NextDue);
    }

    [Fact]
    public void Timer_ChangedOrDisposed_OldDueTimeIsForgotten()
    {
        var time = new VirtualTime();
        int changed = 0, disposed = 0;
        ITimer first = time.CreateTimer(_ => changed++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        ITimer second = time.CreateTimer(_ => disposed++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        Assert.True(first.Change(TimeSpan.FromSeconds(10), Timeout.InfiniteTimeSpan));
        second.Dispose();
        Assert.False(second.Change(TimeSpan.Zero, TimeSpan.Zero));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal((0, 0), (changed, disposed));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((1, 0), (changed, disposed));
        Assert.Null(time.NextDue);
    }

    [Fact]
    public void TryStep_CallbackSetsTimers_RunsUntilIdle()
    {
        var time = new VirtualTime();
        int left = 5;
        void Again(object? state)
        {
            if (--left > 0) time.CreateTimer(Again, null, TimeSpan.FromMilliseconds(10), Timeout.InfiniteTimeSpan);
        }
        Again(null);
        Assert.Equal(4, time.RunUntilIdle());
        Assert.Equal(40, time.Elapsed.TotalMilliseconds);
        Assert.False(time.TryStep());
    }

    [Fact]
    public async Task Delay_OnVirtualTime_EndsWhenTheClockGetsThere()
    {
        var time = new VirtualTime();
        DateTimeOffset before = time.GetUtcNow();
        long stamp = time.GetTimestamp();
        Task delay = Task.Delay(TimeSpan.FromHours(5), time, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromHours(5) - TimeSpan.FromTicks(1));
        Assert.False(delay.IsCompleted);
        time.Advance(TimeSpan.FromTicks(1));
        await delay;
        Assert.Equal(TimeSpan.FromHours(5), time.GetUtcNow() - before);
        Assert.Equal(TimeSpan.FromHours(5), time.GetElapsedTime(stamp));
    }

    [Fact]
    public void Advance_FromACallback_IsRefused()
    {
        var time = new VirtualTime();
        time.CreateTimer(_ => time.Advance(TimeSpan.Zero), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        Assert.Throws<InvalidOperationException>(() => time.TryStep());
        Assert.False(time.TryStep());
    }
}
