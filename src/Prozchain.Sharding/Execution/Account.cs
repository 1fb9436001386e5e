using System.Buffers.Binary;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// What the state holds under an address. In the state 16 bytes: nonce, balance, little-endian. An address that never
/// sent or received has the default value and no entry.
/// </summary>
/// <param name="Nonce">Number of transfers of this sender in blocks: the nonce the next one must carry.</param>
/// <param name="Balance">Value, in the network's smallest unit.</param>
public readonly record struct Account(ulong Nonce, ulong Balance)
{
    /// <summary>Length in bytes of the value in the state.</summary>
    public const int Size = 16;

    /// <summary>Writes the value in the state.</summary>
    /// <param name="destination">Receives 16 bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, Nonce);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[sizeof(ulong)..], Balance);
    }

    internal static Account Read(ReadOnlySpan<byte> value) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(value), BinaryPrimitives.ReadUInt64LittleEndian(value[sizeof(ulong)..]));

    internal byte[] ToBytes()
    {
        var bytes = new byte[Size];
        WriteTo(bytes);
        return bytes;
    }
}
