namespace Prozchain.Rollups.Batches;

/// <summary>Bounds of one batch.</summary>
/// <param name="MaxTransfers">Transfers, 1 to <see cref="Ceiling"/>.</param>
/// <param name="MaxBytes">Length of the encoding in bytes.</param>
public readonly record struct BatchLimits(int MaxTransfers, int MaxBytes)
{
    /// <summary>No batch of version 0 holds more transfers than this: 65,536, which is 16 rounds of bisection.</summary>
    public const int Ceiling = 1 << 16;

    /// <summary>65,536 transfers, 16 MiB.</summary>
    public static BatchLimits Default { get; } = new(Ceiling, 1 << 24);
}
