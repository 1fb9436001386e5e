namespace Prozchain.AI.Registry;

/// <summary>What a version is to its parent. The numbers are part of wire formats.</summary>
public enum Lineage : byte
{
    /// <summary>Trained further.</summary>
    FineTune = 0,
    /// <summary>The same weights in other types.</summary>
    Quantised = 1,
    /// <summary>Weights put together from several parents.</summary>
    Merge = 2,
    /// <summary>Trained on a parent's outputs.</summary>
    Distilled = 3,
    /// <summary>An adapter that is applied on top of the parent.</summary>
    Adapter = 4,
    /// <summary>Another relation, which the publisher explains elsewhere.</summary>
    Other = 5,
}
