using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>A reveal of one slot, as anyone may hand it in: what it is checked against is the drawn revealer's.</summary>
/// <param name="Slot">The slot, from 0.</param>
/// <param name="Bytes">The VRF proof, or the opened layer.</param>
public sealed record Reveal(int Slot, ReadOnlyMemory<byte> Bytes)
{
    internal void Write(IBufferWriter<byte> output)
    {
        new WireWriter(output).WriteVarint((ulong)Slot);
        BeaconWire.WriteBytes(output, Bytes.Span);
    }

    internal static ReadResult Read(ref WireReader reader, out Reveal reveal)
    {
        reveal = null!;
        ReadResult result = BeaconWire.ReadCount(ref reader, BeaconLimits.MaxReveals - 1, 0, out int slot);
        if (result != ReadResult.Ok) return result;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxRevealBytes, out byte[] bytes);
        if (result == ReadResult.Ok) reveal = new Reveal(slot, bytes);
        return result;
    }
}
