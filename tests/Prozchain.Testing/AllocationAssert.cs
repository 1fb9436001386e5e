namespace Prozchain.Testing;

/// <summary>Exact assertions on what a piece of code allocates on the managed heap.</summary>
public static class AllocationAssert
{
    /// <summary>
    /// Runs <paramref name="action"/> until it is warm, then asserts that further runs allocate nothing on this
    /// thread. The least of a few rounds counts: a collection may trim a pool in between, but code that allocates does
    /// so in each round.
    /// </summary>
    public static void None(Action action, int warmUps = 3, int runs = 10)
    {
        ArgumentNullException.ThrowIfNull(action);
        const int Rounds = 5;
        for (int i = 0; i < warmUps; i++) action();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < runs; i++) action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(least == 0, $"Expected 0 bytes allocated over {runs} runs, got at least {least}.");
    }

    /// <summary>
    /// For parallel paths: asserts, in a child process of its own, that the whole process allocates nothing while
    /// <paramref name="action"/> runs, whatever threads it uses (they should be workers of its own: the pool allocates
    /// for itself). The test runner's own threads allocate now and then, so the least of many rounds counts: code that
    /// allocates does so in each of them. Call it as the last statement of a test.
    /// </summary>
    public static void NoneInProcess(Action action, int warmUps = 50, int runs = 10)
    {
        ArgumentNullException.ThrowIfNull(action);
        ChildTest.RunInChild("allocation", () =>
        {
            long least = LeastOfProcess(action, warmUps, runs);
            Assert.True(least == 0, $"Expected 0 bytes allocated by the process over {runs} runs, got at least {least}.");
        });
    }

    private static long LeastOfProcess(Action action, int warmUps, int runs)
    {
        const int Rounds = 50;
        for (int i = 0; i < warmUps; i++) action();
        long least = long.MaxValue;
        for (int round = 0; round < Rounds && least > 0; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < runs; i++) action();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
    }
}
