namespace Prozchain.DataAvailability.Committees;

/// <summary>How long data is kept: a number of heights from the one at which it was posted.</summary>
/// <param name="Heights">At least 1.</param>
/// <exception cref="ArgumentOutOfRangeException">No heights.</exception>
public readonly record struct RetentionWindow(ulong Heights)
{
    /// <summary>How many heights, at least 1.</summary>
    public ulong Heights { get; init; } = Heights > 0 ? Heights : throw new ArgumentOutOfRangeException(nameof(Heights), Heights, "Expected at least 1 height.");

    /// <summary>The first height at which data posted at one need not be kept.</summary>
    public ulong EndFor(ulong posted) => posted > ulong.MaxValue - Heights ? ulong.MaxValue : posted + Heights;

    /// <summary>Whether data posted at a height, up to the present one, is to be kept.</summary>
    public bool IsRetained(ulong posted, ulong now) => posted <= now && now < EndFor(posted);

    /// <summary>The oldest height whose data is to be kept; everything below it may be pruned.</summary>
    public ulong FirstRetained(ulong now) => now < Heights ? 0 : now - Heights + 1;
}
