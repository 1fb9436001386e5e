using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Beacon;

/// <summary>What a validator was punished for.</summary>
public enum Offence : byte
{
    /// <summary>No offence; not valid on the wire.</summary>
    None = 0,

    /// <summary>It signed two different statements for one place. Ends its duty.</summary>
    Equivocation = 1,

    /// <summary>It signed a transition that execution does not give. Ends its duty.</summary>
    InvalidTransition = 2,

    /// <summary>It was drawn to reveal and did not. Costs stake; the duty goes on.</summary>
    WithheldReveal = 3,

    /// <summary>It contradicted itself in a protocol that judges its own messages. Ends its duty.</summary>
    Contradiction = 4,
}

/// <summary>A punishment, as a beacon block lets it out: committees everywhere stop counting a convicted key.</summary>
/// <param name="PublicKey">The validator.</param>
/// <param name="Offence">For what.</param>
/// <param name="Epoch">The epoch of the offence.</param>
/// <param name="Penalty">What it cost at once.</param>
public sealed record Conviction(ReadOnlyMemory<byte> PublicKey, Offence Offence, ulong Epoch, ulong Penalty)
{
    internal const byte Kind = 3;

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(BeaconHeader.Version);
        writer.WriteByte(Kind);
        writer.WriteByte((byte)Offence);
        writer.WriteUInt64(Epoch);
        writer.WriteUInt64(Penalty);
        BeaconWire.WriteBytes(output, PublicKey.Span);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="conviction">The conviction, when the result is <see cref="ReadResult.Ok"/>; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out Conviction conviction) =>
        BeaconWire.ReadWhole(source, Read, out conviction);

    private static ReadResult Read(ref WireReader reader, out Conviction conviction)
    {
        conviction = null!;
        ReadResult result = BeaconWire.ReadVersion(ref reader, BeaconHeader.Version);
        if (result != ReadResult.Ok) return result;
        if (!(reader.TryReadByte(out byte kind) && reader.TryReadByte(out byte offence) && reader.TryReadUInt64(out ulong epoch) && reader.TryReadUInt64(out ulong penalty))) return ReadResult.Truncated;
        if (kind != Kind || offence is 0 or > (byte)Offence.Contradiction) return ReadResult.NotCanonical;
        result = BeaconWire.ReadBytes(ref reader, BeaconWire.MaxKeyBytes, out byte[] key);
        if (result == ReadResult.Ok) conviction = new Conviction(key, (Offence)offence, epoch, penalty);
        return result;
    }
}
