using System.Buffers;
using Prozchain.Shared;

namespace Prozchain.Zk.Stark;

/// <summary>
/// A proof: the heights of its tables and the prover's messages, in one encoding (docs/formats/zk-stark.md). Nothing about it is
/// true until <see cref="StarkVerifier"/> says so.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class StarkProof
{
    /// <summary>The most tables in one proof.</summary>
    public const int MaxTables = 1024;

    private const byte Version = 0, GroupVersion = 1;
    private const int MaxLogRows = 32;

    private readonly byte[] _logRows;
    private readonly byte[] _messages;

    internal StarkProof(byte[] logRows, byte[] messages, GroupPlace? place = null) => (_logRows, _messages, Place) = (logRows, messages, place);

    /// <summary>log2 of the rows of each table, in order.</summary>
    public ReadOnlySpan<byte> LogRows => _logRows;

    /// <summary>Its place in a list of proofs that exchange messages, with what it committed to first; null if it stands alone.</summary>
    public GroupPlace? Place { get; }

    /// <summary>Length in bytes of the encoding.</summary>
    public int EncodedSize => 3 + _logRows.Length + PlaceSize + _messages.Length;

    internal ReadOnlyMemory<byte> Messages => _messages;

    private int PlaceSize => Place is null ? 0 : GroupPlace.EncodedSize;

    /// <summary>Reads a proof from untrusted bytes, all of which belong to it. What the messages are is for the verifier to say.</summary>
    /// <param name="source">The encoding; copied once.</param>
    /// <param name="proof">The proof, or null.</param>
    /// <returns>Ok, UnsupportedVersion, Truncated or OutOfRange (a count, a height or a place).</returns>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out StarkProof? proof)
    {
        proof = null;
        if (source.IsEmpty) return ReadResult.Truncated;
        if (source[0] is not (Version or GroupVersion)) return ReadResult.UnsupportedVersion;
        if (source.Length < 3) return ReadResult.Truncated;
        int tables = source[1] | source[2] << 8;
        if (tables is 0 or > MaxTables) return ReadResult.OutOfRange;
        if (source.Length < 3 + tables) return ReadResult.Truncated;
        ReadOnlySpan<byte> logRows = source.Slice(3, tables);
        if (logRows.ContainsAnyExceptInRange((byte)0, (byte)MaxLogRows)) return ReadResult.OutOfRange;
        ReadOnlySpan<byte> rest = source[(3 + tables)..];
        GroupPlace? place = null;
        if (source[0] == GroupVersion)
        {
            if (rest.Length < GroupPlace.EncodedSize) return ReadResult.Truncated;
            if (GroupPlace.TryRead(rest[..GroupPlace.EncodedSize], out place) is not ReadResult.Ok and var wrong) return wrong;
            rest = rest[GroupPlace.EncodedSize..];
        }
        proof = new(logRows.ToArray(), rest.ToArray(), place);
        return ReadResult.Ok;
    }

    /// <summary>Writes the encoding, <see cref="EncodedSize"/> bytes.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        output.Write([Place is null ? Version : GroupVersion, (byte)_logRows.Length, (byte)(_logRows.Length >> 8)]);
        output.Write(_logRows);
        if (Place is not null) output.Write(Place.Encoded);
        output.Write(_messages);
    }
}
