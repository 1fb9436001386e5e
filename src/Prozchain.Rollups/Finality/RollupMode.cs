using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;

namespace Prozchain.Rollups.Finality;

/// <summary>The kind of settlement layer.</summary>
public enum SettlementKind : byte
{
    /// <summary>A machine within the process.</summary>
    InProcess,

    /// <summary>Contracts on an EVM chain.</summary>
    Evm,
}

/// <summary>What makes a rollup's claims final on its settlement layer. One that cannot be kept cannot be made.</summary>
public sealed class RollupMode
{
    /// <summary>Chooses a mode.</summary>
    /// <param name="finality">What makes claims final.</param>
    /// <param name="settlement">Where.</param>
    /// <param name="proofs">What proves them; for optimistic mode null.</param>
    /// <exception cref="ArgumentException">Proofs on an EVM settlement; a mode that needs proofs without a proof system; or the other way round.</exception>
    public RollupMode(FinalityMode finality, SettlementKind settlement, IProofSystem? proofs = null)
    {
        if (!Enum.IsDefined(finality)) throw new ArgumentException($"Expected a mode, got {finality}.", nameof(finality));
        if (!Enum.IsDefined(settlement)) throw new ArgumentException($"Expected a settlement layer, got {settlement}.", nameof(settlement));
        if (finality != FinalityMode.Optimistic && settlement == SettlementKind.Evm)
            throw new ArgumentException($"{finality} mode cannot settle on an EVM chain yet: there is no validity proof that the EVM can afford to check, so choose optimistic mode or settle in process.", nameof(finality));
        if (finality != FinalityMode.Optimistic && proofs is null) throw new ArgumentException($"Expected a proof system for {finality} mode, got none.", nameof(proofs));
        if (finality == FinalityMode.Optimistic && proofs is not null) throw new ArgumentException("Expected no proof system in optimistic mode, got one.", nameof(proofs));
        (Finality, Settlement, Proofs) = (finality, settlement, proofs);
    }

    /// <summary>What makes claims final.</summary>
    public FinalityMode Finality { get; }

    /// <summary>Where.</summary>
    public SettlementKind Settlement { get; }

    /// <summary>What proves them.</summary>
    public IProofSystem? Proofs { get; }
}
