using System.Runtime.ExceptionServices;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// Threads of an executor's own that run one piece of work together with the caller's: as worker 0 the caller, from 1 on
/// the others. With one worker there are no threads. Running allocates nothing.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    private readonly AutoResetEvent[] _go;
    private readonly AutoResetEvent _done = new(false);
    private readonly Action<int> _work;
    private Exception? _failure;
    private int _running;
    private volatile bool _disposed;

    /// <param name="workers">At least 1.</param>
    /// <param name="work">Gets the worker's number.</param>
    public WorkerTeam(int workers, Action<int> work)
    {
        _work = work;
        _go = new AutoResetEvent[workers - 1];
        for (int i = 0; i < _go.Length; i++)
        {
            _go[i] = new AutoResetEvent(false);
            int worker = i + 1;
            new Thread(() => Serve(worker)) { IsBackground = true, Name = "Prozchain execution" }.Start();
        }
    }

    public int Workers => _go.Length + 1;

    /// <summary>Returns once every worker is through; an exception of one is thrown here.</summary>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _failure = null;
        Volatile.Write(ref _running, _go.Length);
        foreach (AutoResetEvent go in _go) go.Set();
        RunOne(0);
        if (_go.Length > 0) _done.WaitOne();
        if (_failure is not null) ExceptionDispatchInfo.Throw(_failure);
    }

    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        foreach (AutoResetEvent go in _go) go.Set();
        if (_go.Length == 0) _done.Dispose();
    }

    private void Serve(int worker)
    {
        while (true)
        {
            _go[worker - 1].WaitOne();
            if (_disposed) return;
            RunOne(worker);
            if (Interlocked.Decrement(ref _running) == 0) _done.Set();
        }
    }

    private void RunOne(int worker)
    {
        try
        {
            _work(worker);
        }
        catch (Exception e)
        {
            // Whatever it was, the caller of Run learns of it once all are through.
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }
}
