using Prozchain.AI.Compute;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Compute;

public sealed class ComputePoolAllocationTests
{
    /// <summary>Requests that come, run and go allocate nothing once the pool is warm, on any thread.</summary>
    [Fact]
    public void RunAsync_Warm_AllocatesNothing()
    {
        using var pool = new ComputePool(new ComputeCapacity(100, 2));
        pool.TryAddModel(new ModelDemand { RequestMemory = 5 }, new Idle(), out int model);
        var runs = new ValueTask<ComputeOutcome>[20];
        AllocationAssert.NoneInProcess(() =>
        {
            for (int i = 0; i < runs.Length; i++) Keep(out runs[i], pool.RunAsync(model, pool, 1 + i % 3, TimeSpan.FromHours(1)));
            foreach (ValueTask<ComputeOutcome> run in runs)
            {
                while (!run.IsCompleted) Thread.Yield();
                ComputeStatus status = run.Result.Status;
                if (status != ComputeStatus.Done) throw new InvalidOperationException($"Expected a request that is done, got {status}.");
            }
        });

        static void Keep(out ValueTask<ComputeOutcome> place, ValueTask<ComputeOutcome> run) => place = run;
    }

    private sealed class Idle : IBatchRunner
    {
        public void Step(ReadOnlySpan<object> requests, Span<bool> ended, CancellationToken cancellationToken)
        {
        }
    }
}
