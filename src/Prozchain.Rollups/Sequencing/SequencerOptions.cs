using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Sequencing;

/// <summary>How a sequencer works.</summary>
public sealed record SequencerOptions
{
    /// <summary>Transfers the pool holds at most. At least 1.</summary>
    public int PoolCapacity { get; init; } = 1 << 17;

    /// <summary>Transfers of one sender the pool holds at most. At least 1.</summary>
    public int SenderCapacity { get; init; } = 1 << 12;

    /// <summary>Order of transfers in batches.</summary>
    public IOrderingPolicy Ordering { get; init; } = new FirstInFirstOut();

    /// <summary>Checks signatures; null for a <see cref="P256Verifier"/> of the sequencer's own.</summary>
    public ISignatureVerifier? Verifier { get; init; }
}
