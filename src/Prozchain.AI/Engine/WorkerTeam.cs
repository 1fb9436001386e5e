using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Prozchain.AI.Engine;

/// <summary>
/// Threads of an engine's own, which do the units of one step together with the caller: each first its own part of
/// them in order, then what others have not begun. They wait between steps, awake for a while; a run allocates nothing.
/// One caller at a time.
/// </summary>
internal sealed class WorkerTeam : IDisposable
{
    // Below this much work a step is done before another thread would have woken up.
    private const long LeastWork = 1 << 15;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _start = new(0);
    private readonly SemaphoreSlim _finished = new(0);
    // The next steps of a run come sooner than a thread wakes up.
    private const int Spins = 400;

    private readonly byte[][] _scratch;
    private readonly Part[] _parts;
    private Step _step = null!;
    private RunFrame _frame = null!;
    private int _running;
    private ExceptionDispatchInfo? _fault;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="workers">How many work, the caller included.</param>
    /// <param name="scratchBytes">What each has for itself.</param>
    public WorkerTeam(int workers, int scratchBytes)
    {
        _scratch = new byte[workers][];
        _parts = new Part[workers];
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
        (_step, _frame) = (step, frame);
        for (int i = 0; i < _parts.Length; i++)
        {
            int first = (int)((long)units * i / _parts.Length), end = (int)((long)units * (i + 1) / _parts.Length);
            // A few chunks each, so that a thread that was held up does not hold up the rest.
            _parts[i] = new Part { Next = first, End = end, Chunk = Math.Max(1, (end - first) / 8) };
        }
        Volatile.Write(ref _running, _scratch.Length);
        _start.Release(_threads.Length);
        Work(0);
        // The last to finish releases once, and that is taken once: nothing of one step is left to the next.
        Await(_finished);
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

    /// <summary>Takes one release, awake for a while.</summary>
    private static void Await(SemaphoreSlim semaphore)
    {
        for (int spin = 0; spin < Spins; spin++)
        {
            if (semaphore.CurrentCount > 0 && semaphore.Wait(0)) return;
            Thread.SpinWait(8);
        }
        semaphore.Wait();
    }

    private void Serve(int worker)
    {
        while (true)
        {
            Await(_start);
            if (_stopped) return;
            Work(worker);
        }
    }

    private void Work(int worker)
    {
        try
        {
            int previous = -1;
            for (int i = 0; i < _parts.Length; i++)
            {
                ref Part part = ref _parts[(worker + i) % _parts.Length];
                while (true)
                {
                    int first = Interlocked.Add(ref part.Next, part.Chunk) - part.Chunk, count = Math.Min(part.Chunk, part.End - first);
                    if (count <= 0) break;
                    if (previous < 0) _step.Run(_frame, first, count, _scratch[worker]);
                    else _step.Continue(_frame, previous, first, count, _scratch[worker]);
                    previous = first + count - 1;
                }
            }
        }
        // Whatever went wrong is thrown to the caller of the run, on its own thread.
        catch (Exception e)
        {
            _fault = ExceptionDispatchInfo.Capture(e);
        }
        if (Interlocked.Decrement(ref _running) == 0) _finished.Release();
    }

    /// <summary>The units of one thread, in a cache line of their own.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Part
    {
        [FieldOffset(0)] public int Next;
        [FieldOffset(4)] public int End;
        [FieldOffset(8)] public int Chunk;
    }
}
