using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// Lets stake out: the host pays the amount to the address, once for each index. Proven by a
/// <see cref="BeaconOutputProof"/> under a certified header.
/// </summary>
/// <param name="Index">0, 1, 2, … over the life of the chain.</param>
/// <param name="To">Whom to pay.</param>
/// <param name="Amount">How much, in the beacon's unit of stake.</param>
public readonly record struct WithdrawalReceipt(ulong Index, Address To, ulong Amount)
{
    internal const byte Kind = 1;

    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 2 + 2 * sizeof(ulong) + Address.Size;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives 51 bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        Span<byte> address = stackalloc byte[Address.Size];
        To.WriteTo(address);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteByte(Kind);
        writer.WriteUInt64(Index);
        writer.WriteSpan(address);
        writer.WriteUInt64(Amount);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="receipt">The receipt, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out WithdrawalReceipt receipt)
    {
        receipt = default;
        var reader = new WireReader(source);
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadByte(out byte kind)) return ReadResult.Truncated;
        if (kind != Kind) return ReadResult.NotCanonical;
        if (!reader.TryReadUInt64(out ulong index)) return ReadResult.Truncated;
        result = Address.Read(ref reader, out Address to);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadUInt64(out ulong amount)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        receipt = new WithdrawalReceipt(index, to, amount);
        return ReadResult.Ok;
    }
}
