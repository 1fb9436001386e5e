namespace Prozchain.Zk.Airs;

/// <summary>A bitwise operation on two words.</summary>
/// <param name="IsAnd">And, or else xor.</param>
/// <param name="Left">The first word.</param>
/// <param name="Right">The second word.</param>
public readonly record struct WordOperation(bool IsAnd, uint Left, uint Right)
{
    /// <summary>What the operation gives.</summary>
    public uint Result => IsAnd ? Left & Right : Left ^ Right;
}
