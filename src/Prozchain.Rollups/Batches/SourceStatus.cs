namespace Prozchain.Rollups.Batches;

/// <summary>What became of a source. The same on every node, but for <see cref="NotTheData"/>.</summary>
public enum SourceStatus
{
    /// <summary>Its bytes are there.</summary>
    Ok,

    /// <summary>It counts as empty: the posting is not one, of an unknown kind, or says blobs and has none.</summary>
    NotAPosting,

    /// <summary>It counts as empty: the certificate is none for the data.</summary>
    NotCertified,

    /// <summary>It counts as empty: a blob is the one posted, but not in the encoding of <see cref="Blob"/>.</summary>
    NotABlob,

    /// <summary>Nothing is known yet: what was handed over is not what was posted. Ask somebody else.</summary>
    NotTheData,
}
