namespace Prozchain.Rollups.Batches;

/// <summary>What the columns of a batch or a net diff are made for.</summary>
public enum ColumnLayout : byte
{
    /// <summary>To be posted as they are: numbers take bits.</summary>
    Packed = 0,

    /// <summary>To be compressed: numbers take whole bytes, which a compressor of bytes can find patterns in.</summary>
    Aligned = 1,
}
