namespace Prozchain.Zk.Merkle;

/// <summary>Where a tree's leaves come from, whatever their layout.</summary>
internal interface IRowSource
{
    /// <summary>Writes the encoding of one row; the destination has the size of a leaf.</summary>
    void CopyRow(int index, Span<byte> destination);
}
