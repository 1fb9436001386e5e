using System.Numerics;

namespace Prozchain.DataAvailability.Coding;

/// <summary>The counts and sizes of Leopard's code: which there are, and which field each takes.</summary>
internal static class CodeShape
{
    /// <summary>Every shard size is a multiple of this many bytes.</summary>
    public const int Alignment = 64;

    public static bool Supports(int dataCount, int recoveryCount) =>
        dataCount is >= 1 and <= 65536 && recoveryCount is >= 1 and <= 65536 && PowerOfTwo(recoveryCount) + dataCount <= 65536;

    /// <param name="wide">Whether the field is the large one for every count.</param>
    public static CantorField Field(int dataCount, int recoveryCount, bool wide) =>
        !wide && PowerOfTwo(PowerOfTwo(recoveryCount) + dataCount) <= 256 ? CantorField.Gf8 : CantorField.Gf16;

    /// <summary>The least power of two not below <paramref name="value"/>.</summary>
    public static int PowerOfTwo(int value) => (int)BitOperations.RoundUpToPowerOf2((uint)value);

    /// <exception cref="ArgumentException">There is no such code, sizes differ or are not aligned, or data and recovery overlap.</exception>
    public static void Check(ReadOnlyShards data, ReadOnlyShards recovery)
    {
        if (!Supports(data.Count, recovery.Count))
        {
            throw new ArgumentException(
                $"Expected nextpow2(recovery) + data to be at most 65536, got {data.Count} data and {recovery.Count} recovery shards.", nameof(data));
        }
        if (data.ShardSize != recovery.ShardSize)
            throw new ArgumentException($"Expected shards of {data.ShardSize} bytes as the data's, got {recovery.ShardSize}.", nameof(recovery));
        if (data.ShardSize % Alignment != 0)
            throw new ArgumentException($"Expected a shard size that is a multiple of {Alignment} bytes, got {data.ShardSize}.", nameof(data));
        if (data.Overlaps(recovery))
            throw new ArgumentException("Expected recovery shards in memory of their own, got memory that overlaps the data's.", nameof(recovery));
    }

    /// <exception cref="ArgumentException">Not one entry a shard.</exception>
    public static void CheckPresent(int dataCount, int recoveryCount, ReadOnlySpan<bool> present)
    {
        if (present.Length != dataCount + recoveryCount)
            throw new ArgumentException($"Expected {dataCount + recoveryCount} entries, one a shard, got {present.Length}.", nameof(present));
    }
}
