namespace Prozchain.Benchmarks.Quick;

/// <summary>A prepared operation: what one run does, and how much of the row's measure that is.</summary>
/// <param name="Run">One run; its inputs are ready, its result is kept alive by the body.</param>
/// <param name="Amount">What one run handles: GB for a row in GB/s, transactions for a row in tx/s, 1 for a time.</param>
/// <param name="Owner">Disposed after the measurement.</param>
/// <param name="Before">Called before each run, outside the measurement: fresh state for a run that uses its state up.</param>
internal sealed record QuickBody(Action Run, double Amount = 1, IDisposable? Owner = null, Action? Before = null);
