using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Execution;

/// <summary>
/// The cells that a micro-block touches, as they are before it, with proofs against the state root before it: all that
/// someone without the state needs to execute the block. Immutable. Wire form: docs/formats/sharding-micro-block.md.
/// </summary>
public sealed class ExecutionWitness
{
    /// <summary>Bytes that a reader accepts at most: 64 MiB. One given to <see cref="TryRead"/> may be lower.</summary>
    public const int MaxBytes = 1 << 26;

    private const int LeastCellBytes = Digest.Size + 1;

    private ExecutionWitness(Digest[] keys, byte[]?[] values, byte[] proofs)
    {
        Keys = keys;
        Values = values;
        Proofs = proofs;
    }

    /// <summary>Number of cells.</summary>
    public int Count => Keys.Length;

    /// <summary>The cells' keys, ascending.</summary>
    internal Digest[] Keys { get; }

    /// <summary>Their values; null for an absent cell.</summary>
    internal byte[]?[] Values { get; }

    /// <summary>What leads the cells to the root.</summary>
    internal byte[] Proofs { get; }

    /// <summary>Records a witness of the block that was executed last.</summary>
    /// <param name="outcome">What the block did.</param>
    /// <param name="state">The state that it was executed on; its writes are not committed yet.</param>
    public static ExecutionWitness Record(MicroBlockOutcome outcome, IAuthenticatedStore state)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        ArgumentNullException.ThrowIfNull(state);
        var keys = new Digest[outcome.TouchedCount];
        var values = new byte[]?[keys.Length];
        outcome.CopyTouched(keys);
        for (int i = 0; i < keys.Length; i++)
            values[i] = state.TryGet(keys[i], out ReadOnlySpan<byte> value) ? value.ToArray() : null;
        var proofs = new ArrayBufferWriter<byte>();
        WitnessProofs.Write(state, keys, proofs);
        return new ExecutionWitness(keys, values, proofs.WrittenSpan.ToArray());
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(WireLimits.Version);
        writer.WriteVarint((ulong)Keys.Length);
        for (int i = 0; i < Keys.Length; i++)
        {
            writer.WriteBytes32(Keys[i].Bytes);
            writer.WriteByte(Values[i] is null ? (byte)0 : (byte)1);
            if (Values[i] is not { } value) continue;
            writer.WriteVarint((ulong)value.Length);
            writer.WriteSpan(value);
        }
        writer.WriteVarint((ulong)Proofs.Length);
        writer.WriteSpan(Proofs);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding; its length is checked before anything else.</param>
    /// <param name="witness">The witness, when the result is <see cref="ReadResult.Ok"/>; nothing in it is proven yet.</param>
    /// <param name="maxBytes">The longest encoding to look at.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out ExecutionWitness witness, int maxBytes = MaxBytes)
    {
        witness = null;
        if (source.Length > Math.Min(maxBytes, MaxBytes)) return ReadResult.TooLarge;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != WireLimits.Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadCount(source.Length / LeastCellBytes, out int count)) return ReadResult.Truncated;
        var keys = new Digest[count];
        var values = new byte[]?[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryReadBytes32(out Bytes32 key) || !reader.TryReadByte(out byte present)) return ReadResult.Truncated;
            keys[i] = new Digest(key);
            if (present > 1 || i > 0 && keys[i] <= keys[i - 1]) return ReadResult.NotCanonical;
            if (present == 0) continue;
            if (!reader.TryReadCount(ExecutionLimits.MaxValueBytes, out int length)) return ReadResult.NotCanonical;
            if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> value)) return ReadResult.Truncated;
            values[i] = value.ToArray();
        }
        if (!reader.TryReadCount(MaxBytes, out int proofLength)) return ReadResult.NotCanonical;
        if (!reader.TryReadSpan(proofLength, out ReadOnlySpan<byte> proofs)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        witness = new ExecutionWitness(keys, values, proofs.ToArray());
        return ReadResult.Ok;
    }
}
