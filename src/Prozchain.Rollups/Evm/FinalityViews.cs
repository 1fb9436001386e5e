namespace Prozchain.Rollups.Evm;

/// <summary>What other contracts ask of the one that knows which states are final.</summary>
internal static class FinalityViews
{
    public static readonly AbiFunction
        IsFinal = new("isFinal(uint64)", "(bool)"),
        StateRoot = new("stateRoot(uint64)", "(bytes32)"),
        ExitRoot = new("exitRoot(uint64)", "(bytes32)"),
        LastFinal = new("lastFinal()", "(uint64,uint64,bool)");

    /// <summary>What it logs of a claim: batch, proposer, parent, left and right, state root, exit root, time.</summary>
    public static readonly AbiEvent Claimed = new("Claimed(uint64 indexed,address indexed,bytes32,bytes32,bytes32,bytes32,bytes32,uint64)");
}
