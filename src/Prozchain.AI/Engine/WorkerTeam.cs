using System.Runtime.ExceptionServices;

namespace Prozchain.AI.Engine;

/// <summary>
/// Threads of an engine's own, which do the units of one step together with the caller. They wait between steps; a run
/// allocates nothing. One caller at a time.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    // Below this much work a step is done before another thread would have woken up.
    private const long LeastWork = 1 << 15;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly ManualResetEventSlim _finished = new();
    private readonly byte[][] _scratch;
    private Step _step = null!;
    private RunFrame _frame = null!;
    private int _units, _chunk, _next, _running;
    private ExceptionDispatchInfo? _fault;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">How many work, the caller included.</param>
    /// <param name="scratchBytes">What each has for itself.</param>
    public WorkerTeam(int workers, int scratchBytes)
    {
        _scratch = new byte[workers][];
        for (int i = 0; i < workers; i++) _scratch[i] = GC.AllocateArray<byte>(scratchBytes, pinned: true);
        _threads = new Thread[workers - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i + 1;
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"Prozchain.AI engine {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Does a step.</summary>
    /// <param name="work">About how many multiplications it is.</param>
    public void Run(Step step, RunFrame frame, long work)
    {
        int units = step.Units(frame.Batch);
        if (_threads.Length == 0 || units == 1 || work < LeastWork)
        {
            step.Run(frame, 0, units, _scratch[0]);
            return;
        }
        (_step, _frame, _units) = (step, frame, units);
        // A few chunks for each, so that a thread that was held up does not hold up the rest.
        _chunk = Math.Max(1, units / (_scratch.Length * 4));
        _next = 0;
        _running = _scratch.Length;
        _finished.Reset();
        _start.Release(_threads.Length);
        Work(0);
        _finished.Wait();
        if (_fault is not { } fault) return;
        _fault = null;
        fault.Throw();
    }

    /// <summary>Gives each worker at least so much scratch. Between runs.</summary>
    public void EnsureScratch(int bytes)
    {
        for (int i = 0; i < _scratch.Length; i++)
            if (_scratch[i].Length < bytes) _scratch[i] = GC.AllocateArray<byte>(bytes, pinned: true);
    }

    public void Dispose()
    {
        if (_stopped) return;
        _stopped = true;
        if (_threads.Length > 0) _start.Release(_threads.Length);
        foreach (Thread thread in _threads) thread.Join();
        _start.Dispose();
        _finished.Dispose();
    }

    private void Serve(int worker)
    {
        while (true)
        {
            _start.Wait();
            if (_stopped) return;
            Work(worker);
        }
    }

    private void Work(int worker)
    {
        try
        {
            while (true)
            {
                int first = Interlocked.Add(ref _next, _chunk) - _chunk;
                if (first >= _units) break;
                _step.Run(_frame, first, Math.Min(_chunk, _units - first), _scratch[worker]);
            }
        }
        // Whatever went wrong is thrown to the caller of the run, on its own thread.
        catch (Exception e)
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }
        if (Interlocked.Decrement(ref _running) == 0) _finished.Set();
    }
}
