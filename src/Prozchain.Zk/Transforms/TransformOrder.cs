namespace Prozchain.Zk.Transforms;

/// <summary>The order of a transform's results.</summary>
public enum TransformOrder
{
    /// <summary>Result k belongs to index k.</summary>
    Natural,

    /// <summary>Result k belongs to the index whose bits are those of k reversed: saves a pass, and folds pair up as neighbours.</summary>
    BitReversed,
}
