namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>What is wrong with a byte of a posted row; the first fault only, in the order of bytes.</summary>
internal enum RowFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There is no byte.</summary>
    Short,

    /// <summary>The number is not below its bound.</summary>
    Large,

    /// <summary>The varint goes on behind the last byte that its bound has; or a byte that stands alone is 128 or more.</summary>
    Long,

    /// <summary>The varint is not in its fewest bytes; or the kind is 0.</summary>
    Zero,

    /// <summary>A plain row without To.</summary>
    Orphan,

    /// <summary>An amount that is not in its one form, or is 2^120 or more.</summary>
    Amount,

    /// <summary>Mask, kind and To do not go together.</summary>
    Form,

    /// <summary>A full row that would be plain.</summary>
    Plain,

    /// <summary>The sender as sponsor.</summary>
    Same,

    /// <summary>A fee or token that is the one before.</summary>
    Repeated,

    /// <summary>A withdrawal of 0, or a skip of 0.</summary>
    Nothing,

    /// <summary>A word of a key that is no element.</summary>
    Word,
}
