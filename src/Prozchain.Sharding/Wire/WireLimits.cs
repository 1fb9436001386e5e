namespace Prozchain.Sharding.Wire;

/// <summary>Hard limits of the version 0 formats: what a reader accepts at most, whatever a network configures below it.</summary>
public static class WireLimits
{
    /// <summary>The version byte that leads every format.</summary>
    public const byte Version = 0;

    /// <summary>Receipts in one bundle: 65,536.</summary>
    public const int MaxReceipts = 1 << 16;

    /// <summary>Members of one committee: 4,096.</summary>
    public const int MaxMembers = 1 << 12;

    /// <summary>Application records in one beacon block: 4,096.</summary>
    public const int MaxRecords = 1 << 12;

    /// <summary>Bytes of one application record: 1 MiB.</summary>
    public const int MaxRecordBytes = 1 << 20;

    /// <summary>Bytes of all application records of one beacon block: 16 MiB.</summary>
    public const int MaxRecordBytesPerBlock = 1 << 24;

    /// <summary>Bytes of the body of one micro-block: 4 MiB.</summary>
    public const int MaxMicroBody = 1 << 22;

    /// <summary>Bytes of an ordering certificate's proof: 1 MiB.</summary>
    public const int MaxCertificateProof = 1 << 20;

    /// <summary>Micro-headers in one proof of finality: 4,096, as many as a run ever leaves open.</summary>
    public const int MaxFinalityHeaders = 1 << 12;

    /// <summary>Micro-blocks in one catch-up message: 256.</summary>
    public const int MaxBlocksPerMessage = 1 << 8;
}
