namespace Prozchain.Devnet.Workloads;

/// <summary>Which account a generated line names: every one alike, or a few far more often than the rest.</summary>
internal enum WorkloadDistribution
{
    Uniform,

    /// <summary>Zipf-Mandelbrot with shift 2.7 and exponent 1.0: rank r (from 1) has weight 1 / (r + 2.7).</summary>
    Zipf,
}

/// <summary>Draws account numbers 0 to n - 1 by a distribution, from an injected source.</summary>
internal sealed class AccountDraw
{
    private const double Shift = 2.7;

    private readonly int _accounts;
    private readonly double[]? _cumulative;

    public AccountDraw(WorkloadDistribution distribution, int accounts)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accounts, 2);
        _accounts = accounts;
        if (distribution == WorkloadDistribution.Uniform) return;
        _cumulative = new double[accounts];
        double sum = 0;
        for (int i = 0; i < accounts; i++) _cumulative[i] = sum += 1 / (i + 1 + Shift);
    }

    public int Next(SplitMix64 random)
    {
        if (_cumulative is null) return (int)random.Below(_accounts);
        int found = Array.BinarySearch(_cumulative, random.NextUnit() * _cumulative[^1]);
        return Math.Min(found < 0 ? ~found : found + 1, _accounts - 1);
    }
}
