namespace Prozchain.Benchmarks.Quick;

/// <summary>
/// Turns the register yardstick, in 10^9 steps/s, into the units of rows that neither copy nor hash in bulk, such that a
/// row's ratio is how many of its operations fit into the time of 10^6 steps. A step is about one cycle of the core.
/// </summary>
internal static class Steps
{
    /// <summary>10^6 steps as a rate, for rows that count single things a second.</summary>
    public static double PerSecond(double rate) => rate * 1e3;

    /// <summary>10^6 steps as a rate, for rows in millions a second.</summary>
    public static double MillionsPerSecond(double rate) => rate * 1e-3;

    /// <summary>10^6 steps as a time, for rows in milliseconds.</summary>
    public static double Milliseconds(double rate) => 1 / rate;

    /// <summary>10^6 steps as a time, for rows in nanoseconds.</summary>
    public static double Nanoseconds(double rate) => 1e6 / rate;
}
