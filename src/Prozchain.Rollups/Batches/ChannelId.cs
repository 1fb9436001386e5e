using System.Buffers.Binary;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Names a channel: 16 bytes, chosen by who posts it, so that frames of different channels may be mixed and come in any
/// order. Ordered as an integer, big-endian.
/// </summary>
/// <param name="Value">The bytes, as a big-endian integer.</param>
public readonly record struct ChannelId(UInt128 Value)
{
    /// <summary>Length in bytes: 16.</summary>
    public const int Size = 16;

    /// <summary>
    /// The name of a channel by what is in it, the first 16 bytes of the Keccak-256: posting it again after a crash makes
    /// duplicates of the same frames, never a second channel.
    /// </summary>
    public static ChannelId Of(ReadOnlySpan<byte> content) => Read(Hashing.Keccak(content).Span);

    internal static ChannelId Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    internal void Write(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Value);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}
