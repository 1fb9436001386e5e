namespace Prozchain.Testing;

/// <summary>Runs seeded cases; a failure names the one environment variable that brings it back.</summary>
public static class Replay
{
    /// <summary>
    /// Runs <paramref name="body"/> with <paramref name="count"/> sources, each from the run's seed and the case's
    /// index. With PROZCHAIN_SEED=SEED:CASE only that case runs.
    /// </summary>
    public static void Run(Action<SeededRandom> body, int count = 100)
    {
        ArgumentNullException.ThrowIfNull(body);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        Run(body, count, TestSettings.Seed, TestSettings.OnlyCase);
    }

    internal static void Run(Action<SeededRandom> body, int count, ulong seed, int? onlyCase)
    {
        int first = onlyCase ?? 0, end = onlyCase is { } only ? only + 1 : count;
        for (int index = first; index < end; index++)
        {
            try
            {
                body(new SeededRandom(SeededRandom.Mix(seed + (ulong)index)));
            }
            catch (Exception e) when (e is not Xunit.Sdk.SkipException)
            {
                throw new ReplayableException($"Case {index} of {count} failed. Replay: {TestSettings.Token(seed, index)}\n{e.Message}", e);
            }
        }
    }
}
