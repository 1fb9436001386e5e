namespace Prozchain.Rollups.Batches;

/// <summary>Where the bytes of a source are. The values are those of the wire.</summary>
public enum SourceKind : byte
{
    /// <summary>In the posting.</summary>
    Calldata = 0,

    /// <summary>In the blobs of the posting's transaction.</summary>
    Blobs = 1,

    /// <summary>With others, who gave a certificate for it.</summary>
    OffChain = 2,
}
