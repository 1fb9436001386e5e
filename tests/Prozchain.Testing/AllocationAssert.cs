namespace Prozchain.Testing;

/// <summary>Exact assertions on what a piece of code allocates on the managed heap.</summary>
public static class AllocationAssert
{
    /// <summary>
    /// Runs <paramref name="action"/> until it is warm, then asserts that further runs allocate nothing on this
    /// thread.
    /// </summary>
    public static void None(Action action, int warmUps = 3, int runs = 10)
    {
        ArgumentNullException.ThrowIfNull(action);
        for (int i = 0; i < warmUps; i++) action();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < runs; i++) action();
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated == 0, $"Expected 0 bytes allocated over {runs} runs, got {allocated}.");
    }
}
