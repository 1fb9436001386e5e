using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Rollups.Transition;

/// <summary>
/// Keys, what a state holds under them, and proofs of it. Read from bytes it is well-formed, no more: only
/// <see cref="StatelessState.TryOpen"/> checks it against a root. Wire form: docs/formats/rollups-witness.md.
/// </summary>
public sealed class StateWitness
{
    /// <summary>A witness holds at most this many keys.</summary>
    public const int MaxKeys = 1 << 18;

    /// <summary>A value is at most this many bytes long.</summary>
    public const int MaxValueLength = 1 << 10;

    // A key, the flag, and a proof of depth 0 without a leaf.
    private const int MinEntrySize = Bytes32.Size + 1 + 2;
    private const byte Version = 0;

    internal StateWitness(Bytes32[] keys, byte[]?[] values, TrieProof[] proofs)
    {
        Keys = keys;
        Values = values;
        Proofs = proofs;
    }

    /// <summary>The witness that proves nothing, enough for a step that touches nothing.</summary>
    public static StateWitness Empty { get; } = new([], [], []);

    /// <summary>Number of keys.</summary>
    public int Count => Keys.Length;

    internal Bytes32[] Keys { get; }

    internal byte[]?[] Values { get; }

    internal TrieProof[] Proofs { get; }

    /// <summary>Reads the wire form from untrusted bytes.</summary>
    public static WitnessReadResult TryRead(ReadOnlySpan<byte> bytes, out StateWitness witness) => TryRead(bytes, MaxKeys, out witness);

    /// <summary>Reads a witness of which the reader knows how many keys it can need.</summary>
    internal static WitnessReadResult TryRead(ReadOnlySpan<byte> bytes, int maxKeys, out StateWitness witness)
    {
        witness = Empty;
        var reader = new WireReader(bytes);
        if (!reader.TryReadByte(out byte version)) return WitnessReadResult.Malformed;
        if (version != Version) return WitnessReadResult.UnknownVersion;
        if (!reader.TryReadCount(maxKeys, out int count) || count > reader.Remaining / MinEntrySize) return WitnessReadResult.LimitExceeded;
        var keys = new Bytes32[count];
        var values = new byte[]?[count];
        var proofs = new TrieProof[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out keys[i]) || !reader.TryReadByte(out byte present)) return WitnessReadResult.Malformed;
            if (present > 1 || (i > 0 && keys[i].CompareTo(keys[i - 1]) <= 0)) return WitnessReadResult.NotCanonical;
            if (present == 1)
            {
                if (!reader.TryReadCount(MaxValueLength, out int length)) return WitnessReadResult.LimitExceeded;
                if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> value)) return WitnessReadResult.Malformed;
                values[i] = value.ToArray();
            }
            if (!TrieProof.TryRead(ref reader, out proofs[i])) return WitnessReadResult.Malformed;
        }
        if (!reader.IsAtEnd) return WitnessReadResult.TrailingBytes;
        witness = new StateWitness(keys, values, proofs);
        return WitnessReadResult.Ok;
    }

    /// <summary>Writes the wire form.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteVarint((ulong)Count);
        for (int i = 0; i < Count; i++)
        {
            writer.WriteBytes32(Keys[i]);
            writer.WriteByte(Values[i] is null ? (byte)0 : (byte)1);
            if (Values[i] is { } value)
            {
                writer.WriteVarint((ulong)value.Length);
                writer.WriteSpan(value);
            }
            Proofs[i].Write(output);
        }
    }
}
