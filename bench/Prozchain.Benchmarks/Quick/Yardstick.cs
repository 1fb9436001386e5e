namespace Prozchain.Benchmarks.Quick;

/// <summary>What the machine itself can do, measured in the same run as the rows that are held against it.</summary>
internal enum Yardstick
{
    None,

    /// <summary>Bytes copied from one warm 64 MiB buffer to another, GB/s.</summary>
    Memcpy,

    /// <summary>SHA-256 of the BCL on one thread over a warm 1 MiB buffer, GB/s.</summary>
    Sha256,

    /// <summary>A loop that lives in registers, on one thread, 10^9 steps/s.</summary>
    Registers,
}
