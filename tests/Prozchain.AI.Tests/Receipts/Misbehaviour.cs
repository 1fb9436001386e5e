namespace Prozchain.AI.Tests.Receipts;

/// <summary>How a side of a dispute breaks its word.</summary>
public enum Misbehaviour
{
    Silent,
    Throws,
    OtherHalves,
    OtherContent,
    OtherPath,
    ShortRoot,
    LongContent,
    LongPath,
    NextLeaf,
    OneLeafMore,
    OneLeafLess,
}
