namespace Prozchain.DataAvailability.Squares;

/// <summary>Whether parts make a blob.</summary>
public enum BlobStatus
{
    /// <summary>They do.</summary>
    Ok = 0,

    /// <summary>The namespace is not one for blobs.</summary>
    BadNamespace = 1,

    /// <summary>The blob has no bytes, or more than <see cref="Blob.MaxSize"/>.</summary>
    BadSize = 2,

    /// <summary>The share version is above <see cref="ShareView.MaxVersion"/>.</summary>
    UnknownVersion = 3,

    /// <summary>Version 0 has a signer, or version 1 or 2 has not one of 20 bytes.</summary>
    BadSigner = 4,

    /// <summary>Version 2 has not 36 bytes: a version of 4 bytes and a commitment of 32.</summary>
    BadReference = 5,
}
