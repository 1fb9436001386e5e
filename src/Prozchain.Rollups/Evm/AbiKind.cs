namespace Prozchain.Rollups.Evm;

/// <summary>The kinds of type in Solidity's ABI.</summary>
internal enum AbiKind
{
    UInt,
    Int,
    Bool,
    Address,
    FixedBytes,
    Bytes,
    String,
    Array,
    FixedArray,
    Tuple,
}
