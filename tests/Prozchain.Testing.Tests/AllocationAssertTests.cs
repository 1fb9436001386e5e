namespace Prozchain.Testing.Tests;

public sealed class AllocationAssertTests
{
    private static object? s_sink;

    [Fact]
    public void None_Allocates_Fails() =>
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AllocationAssert.None(() => s_sink = new object()));

    [Fact]
    public void NoneInProcess_WorkersOfItsOwn_Passes()
    {
        using var workers = new TwoWorkers(() => Thread.SpinWait(10));
        AllocationAssert.NoneInProcess(workers.RunOnce);
    }

    [Fact]
    public void NoneInProcess_AWorkerAllocates_FailsInTheChild()
    {
        using var workers = new TwoWorkers(() => s_sink = new object());
        try
        {
            AllocationAssert.NoneInProcess(workers.RunOnce);
        }
        catch (Xunit.Sdk.XunitException e) when (ChildTest.Role is null)
        {
            Assert.Contains("Expected 0 bytes allocated by the process", e.Message, StringComparison.Ordinal);
            return;
        }
        Assert.Fail("Expected the allocation on a worker to be seen, got none.");
    }

    /// <summary>Two threads that run an action once each per call.</summary>
    private sealed class TwoWorkers : IDisposable
    {
        private readonly Barrier _begin = new(3), _end = new(3);
        private volatile bool _stopping;

        public TwoWorkers(Action action)
        {
            for (int i = 0; i < 2; i++)
                new Thread(() =>
                {
                    for (; ; )
                    {
                        _begin.SignalAndWait();
                        if (_stopping) return;
                        action();
                        _end.SignalAndWait();
                    }
                })
                { IsBackground = true }.Start();
        }

        public void RunOnce()
        {
            _begin.SignalAndWait();
            _end.SignalAndWait();
        }

        public void Dispose()
        {
            _stopping = true;
            _begin.SignalAndWait();
        }
    }
}
