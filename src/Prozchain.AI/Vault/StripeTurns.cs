namespace Prozchain.AI.Vault;

/// <summary>Gives out the stripes of a range in order, and lets those who took them finish in that order.</summary>
internal sealed class StripeTurns(int first, int end)
{
    private readonly Lock _lock = new();
    private Task _last = Task.CompletedTask;
    private int _next = first;

    /// <summary>Set when the rest is not wanted any more. Whose turn it is reads and writes it.</summary>
    public bool IsOver { get; set; }

    /// <summary>The next stripe; null when there is none.</summary>
    public Turn? Take()
    {
        lock (_lock)
        {
            if (_next >= end) return null;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var turn = new Turn(_next++, _last, done);
            _last = done.Task;
            return turn;
        }
    }

    /// <summary>One stripe: wait for those before it, finish, and let the next one. Dispose it in any case.</summary>
    internal sealed class Turn(int stripe, Task before, TaskCompletionSource done) : IDisposable
    {
        public int Stripe => stripe;

        public Task Before => before;

        // What failed before the end must not let the next one go first.
        public void Dispose()
        {
            if (before.IsCompleted) done.TrySetResult();
            else before.ContinueWith(_ => done.TrySetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }
}
