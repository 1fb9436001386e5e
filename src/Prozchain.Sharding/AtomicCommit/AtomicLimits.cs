namespace Prozchain.Sharding.AtomicCommit;

/// <summary>Hard limits of the atomic formats, version 0: what a reader accepts at most.</summary>
public static class AtomicLimits
{
    /// <summary>Cells of one transaction: 256.</summary>
    public const int MaxCells = 256;

    /// <summary>Bytes of one cell's value: 4,096.</summary>
    public const int MaxValueBytes = 4096;

    /// <summary>Signers of one transaction: 16.</summary>
    public const int MaxSigners = 16;

    /// <summary>Bytes of a public key or a signature, scheme byte included: 128.</summary>
    public const int MaxKeyBytes = 128;

    /// <summary>Bytes of a program's input: 16 KiB.</summary>
    public const int MaxPayloadBytes = 1 << 14;

    /// <summary>Shards of one transaction with locks: 64.</summary>
    public const int MaxParticipants = 64;

    /// <summary>Heirs of an ended shard: 2.</summary>
    public const int MaxHeirs = 2;
}
