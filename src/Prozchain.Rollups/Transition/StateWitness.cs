using System.Buffers;
using Prozchain.Rollups.State;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// The part of a state that a run touches, with what proves it against the root before. Read from bytes it is
/// well-formed, no more: only <see cref="StatelessState{THash}.TryOpen"/> checks it against a root. Wire form:
/// docs/formats/rollups-witness.md.
/// </summary>
public sealed class StateWitness
{
    /// <summary>
    /// A witness holds at most this many leaves: twice what the largest batch of payments of numbered accounts touches, 8 a payment of 65,536 (records of
    /// sender, sponsor and recipient, an entry of the directory, four balances).
    /// </summary>
    public const int MaxKeys = 1 << 20;

    /// <summary>A value is at most this many bytes long.</summary>
    public const int MaxValueLength = LeafTable.MaxValue;

    private const byte Version = 0;

    internal StateWitness(ReadOnlyMemory<byte> nodes, int count) => (Nodes, Count) = (nodes, count);

    /// <summary>The witness that proves nothing, enough for a step that touches nothing.</summary>
    public static StateWitness Empty { get; } = new(default, 0);

    /// <summary>Number of leaves: of the keys touched that are there, and of others that show that a key is not.</summary>
    public int Count { get; }

    internal ReadOnlyMemory<byte> Nodes { get; }

    /// <summary>Reads the wire form from untrusted bytes.</summary>
    public static WitnessReadResult TryRead(ReadOnlySpan<byte> bytes, out StateWitness witness) => TryRead(bytes, MaxKeys, out witness);

    /// <summary>Reads a witness of which the reader knows how many leaves it can need.</summary>
    internal static WitnessReadResult TryRead(ReadOnlySpan<byte> bytes, int maxKeys, out StateWitness witness)
    {
        witness = Empty;
        if (bytes.IsEmpty) return WitnessReadResult.Malformed;
        if (bytes[0] != Version) return WitnessReadResult.UnknownVersion;
        if (bytes.Length == 1) return WitnessReadResult.Ok;
        // Nothing, or a hash alone: that is the empty witness in other words.
        if (bytes[1] is WitnessCodec.Nothing or WitnessCodec.Stub) return WitnessReadResult.NotCanonical;
        if (!WitnessCodec.IsWellFormed(bytes[1..], out int leaves)) return WitnessReadResult.Malformed;
        if (leaves > maxKeys) return WitnessReadResult.LimitExceeded;
        witness = new StateWitness(bytes[1..].ToArray(), leaves);
        return WitnessReadResult.Ok;
    }

    /// <summary>Writes the wire form.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write([Version]);
        output.Write(Nodes.Span);
    }
}
