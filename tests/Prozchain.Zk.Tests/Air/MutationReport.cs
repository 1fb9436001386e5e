namespace Prozchain.Zk.Tests.Air;

/// <summary>What became of the changes.</summary>
/// <param name="Tried">Changes of a cell.</param>
/// <param name="Missed">Those that nothing finds, as table, column, row, and what was added.</param>
/// <param name="Unviolated">Table and label of constraints that no change violated: either they are without use, or no cell was changed that they are for.</param>
internal sealed record MutationReport(int Tried, IReadOnlyList<string> Missed, IReadOnlyList<string> Unviolated)
{
    /// <summary>Demands that every change was found.</summary>
    /// <param name="unviolated">The labels, as <c>table: label</c>, that may be in <see cref="Unviolated"/>, and must.</param>
    public void AssertAllFound(params string[] unviolated)
    {
        Assert.True(Missed.Count == 0, $"Expected all {Tried} changes to be found, missed {Missed.Count}:\n{string.Join('\n', Missed.Take(20))}");
        Assert.Equal(unviolated.Order(StringComparer.Ordinal), Unviolated.Order(StringComparer.Ordinal));
    }
}
