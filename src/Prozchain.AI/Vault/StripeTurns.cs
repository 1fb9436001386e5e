using System.Threading.Tasks.Sources;

namespace Prozchain.AI.Vault;

/// <summary>Gives out the stripes of a range in order, and lets those who took them finish in that order.</summary>
internal sealed class StripeTurns(int first, int end)
{
    private readonly Lock _lock = new();
    private readonly List<Waiter> _waiting = [];
    private readonly Stack<Waiter> _idle = new();
    private int _next = first, _current = first;
    private bool _isOver;

    /// <summary>Whether the rest is not wanted any more.</summary>
    public bool IsOver => Volatile.Read(ref _isOver);

    /// <summary>The next stripe; -1 when there is none.</summary>
    public int Take()
    {
        lock (_lock) return _isOver || _next >= end ? -1 : _next++;
    }

    /// <summary>Ends when those who took earlier stripes have finished, or when all is over.</summary>
    public ValueTask WaitAsync(int stripe)
    {
        lock (_lock)
        {
            if (_isOver || stripe == _current) return ValueTask.CompletedTask;
            if (!_idle.TryPop(out Waiter? waiter)) waiter = new Waiter(this);
            _waiting.Add(waiter);
            return waiter.Begin(stripe);
        }
    }

    /// <summary>Whose turn it is has finished.</summary>
    public void Finish()
    {
        Waiter? next;
        lock (_lock)
        {
            _current++;
            next = _waiting.Find(_isNext ??= waiter => waiter.Stripe == _current);
            if (next is not null) _waiting.Remove(next);
        }
        next?.End();
    }

    /// <summary>The rest is not wanted: who waits goes on and sees that.</summary>
    public void Stop()
    {
        Waiter[] all;
        lock (_lock)
        {
            Volatile.Write(ref _isOver, true);
            all = [.. _waiting];
            _waiting.Clear();
        }
        foreach (Waiter waiter in all) waiter.End();
    }

    private Predicate<Waiter>? _isNext;

    private void Return(Waiter waiter)
    {
        lock (_lock) _idle.Push(waiter);
    }

    private sealed class Waiter(StripeTurns owner) : IValueTaskSource, IThreadPoolWorkItem
    {
        private ManualResetValueTaskSourceCore<bool> _core;

        public int Stripe { get; private set; }

        public ValueTask Begin(int stripe)
        {
            Stripe = stripe;
            return new ValueTask(this, _core.Version);
        }

        // What follows must not run on the thread of who had the turn before.
        public void End() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

        public void Execute() => _core.SetResult(true);

        public void GetResult(short token)
        {
            _core.GetResult(token);
            _core.Reset();
            owner.Return(this);
        }

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);
    }
}
