namespace Prozchain.Benchmarks.Yardsticks;

/// <summary>Threads that wait for each run together and run an action once each, without allocating.</summary>
internal sealed class Workers : IDisposable
{
    private readonly Barrier _begin, _end;
    private readonly Thread[] _threads;
    private volatile bool _stopping;

    public Workers(int threads, Action action)
    {
        _begin = new Barrier(threads + 1);
        _end = new Barrier(threads + 1);
        _threads = [.. Enumerable.Range(0, threads).Select(_ => new Thread(() => Loop(action)) { IsBackground = true })];
        foreach (Thread thread in _threads) thread.Start();
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
        foreach (Thread thread in _threads) thread.Join();
        _begin.Dispose();
        _end.Dispose();
    }

    private void Loop(Action action)
    {
        for (; ; )
        {
            _begin.SignalAndWait();
            if (_stopping) return;
            action();
            _end.SignalAndWait();
        }
    }
}
