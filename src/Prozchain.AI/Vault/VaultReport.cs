namespace Prozchain.AI.Vault;

/// <summary>What came of reading, inspecting or repairing a model.</summary>
public sealed class VaultReport
{
    internal VaultReport(
        VaultStatus status, long bytes, IReadOnlyList<PieceFault> faults, IReadOnlyList<StripeLoss> losses,
        int repaired, IReadOnlyList<PieceFault> unrepaired)
    {
        Status = status;
        BytesVerified = bytes;
        Faults = faults;
        Losses = losses;
        PiecesRepaired = repaired;
        Unrepaired = unrepaired;
    }

    /// <summary>The outcome.</summary>
    public VaultStatus Status { get; }

    /// <summary>True when every byte of the model was there, or could be restored.</summary>
    public bool IsComplete => Status is VaultStatus.Intact or VaultStatus.Repaired or VaultStatus.Degraded;

    /// <summary>Bytes of the file that were verified; of a read, exactly those written to the destination.</summary>
    public long BytesVerified { get; }

    /// <summary>Pieces that were looked for and not found good. A read looks only for as many as it needs.</summary>
    public IReadOnlyList<PieceFault> Faults { get; }

    /// <summary>Stripes that cannot be restored. A read ends at the first.</summary>
    public IReadOnlyList<StripeLoss> Losses { get; }

    /// <summary>Pieces put back by a repair.</summary>
    public int PiecesRepaired { get; }

    /// <summary>Pieces that a repair restored but whose store did not take them.</summary>
    public IReadOnlyList<PieceFault> Unrepaired { get; }
}
