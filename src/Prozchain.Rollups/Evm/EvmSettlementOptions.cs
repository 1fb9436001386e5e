namespace Prozchain.Rollups.Evm;

/// <summary>Limits and habits of an <see cref="EvmSettlement"/>.</summary>
public sealed record EvmSettlementOptions
{
    /// <summary>The chain's id: a node of another one is not spoken to.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Most that is ever paid for gas, base fee included, in wei. While the base fee is above it nothing is sent.</summary>
    public UInt128 MaxFee { get; init; } = 200_000_000_000;

    /// <summary>Most that is ever paid for a unit of blob gas, of which a blob has 131,072, in wei.</summary>
    public UInt128 MaxBlobFee { get; init; } = 200_000_000_000;

    /// <summary>False for a chain before the Osaka fork, where a blob has one proof instead of 128 of its cells.</summary>
    public bool HasCellProofs { get; init; } = true;

    /// <summary>Blocks, its own included, after which a call counts as being in one.</summary>
    public ulong Confirmations { get; init; } = 12;

    /// <summary>False for a parent chain on which a waiting transaction cannot be replaced, as on an L2.</summary>
    public bool CanReplace { get; init; } = true;

    /// <summary>How long to wait before asking again.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromSeconds(2);
}
