namespace Prozchain.Benchmarks.Quick;

/// <summary>
/// The implementation that a row is held against: measured in the same run through <see cref="Prepare"/>, or, where it
/// does not run here, known by its published ratio to the same yardstick on its own machine (and its value there).
/// </summary>
internal sealed record Peer(string Name)
{
    public Func<QuickBody>? Prepare { get; init; }

    public double? Value { get; init; }

    public double? Ratio { get; init; }
}
