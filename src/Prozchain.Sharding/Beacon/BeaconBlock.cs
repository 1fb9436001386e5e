using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// One block of the beacon: its header, and the body that the header's root covers. Immutable. Wire form:
/// docs/formats/sharding-beacon.md.
/// </summary>
/// <param name="Header">The header.</param>
/// <param name="Body">The body.</param>
public sealed record BeaconBlock(BeaconHeader Header, BeaconBody Body)
{
    /// <summary>Names the block.</summary>
    public Digest Hash => Header.Hash;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        Header.Write(output);
        Body.Write(output);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="block">The block, when the result is <see cref="ReadResult.Ok"/>; nothing in it is checked yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out BeaconBlock block) =>
        BeaconWire.ReadWhole(source, Read, out block);

    internal static ReadResult Read(ref WireReader reader, out BeaconBlock block)
    {
        block = null!;
        ReadResult result = BeaconHeader.Read(ref reader, out BeaconHeader header);
        if (result != ReadResult.Ok) return result;
        result = BeaconBody.Read(ref reader, out BeaconBody body);
        if (result == ReadResult.Ok) block = new BeaconBlock(header, body);
        return result;
    }
}
