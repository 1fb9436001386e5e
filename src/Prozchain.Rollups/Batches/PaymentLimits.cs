namespace Prozchain.Rollups.Batches;

/// <summary>Bounds of what hangs on one payment.</summary>
/// <param name="MaxPayload">Length of a payload in bytes.</param>
/// <param name="MaxAuthorization">Length of a key, and of a signature, in bytes.</param>
public readonly record struct PaymentLimits(int MaxPayload, int MaxAuthorization)
{
    /// <summary>64 KiB; 4 KiB, which leaves room for hash-based signatures of small parameters.</summary>
    public static PaymentLimits Default { get; } = new(1 << 16, 1 << 12);
}
