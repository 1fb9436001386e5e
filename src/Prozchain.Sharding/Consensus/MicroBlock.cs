using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Consensus;

/// <summary>A header and the body that it names. The body's meaning is the application's. Immutable. Wire form: the header, then the body.</summary>
public sealed class MicroBlock
{
    internal MicroBlock(MicroHeader header, ReadOnlyMemory<byte> body) => (Header, Body) = (header, body);

    /// <summary>The header.</summary>
    public MicroHeader Header { get; }

    /// <summary>The body; <see cref="MicroHeader.BodyRoot"/> is its hash.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The header's hash: the block's name.</summary>
    public Digest Hash => Header.Hash;

    internal int EncodedLength => MicroHeader.Size + Body.Length;

    /// <summary>What a header says of a body.</summary>
    /// <param name="body">The bytes.</param>
    public static Digest RootOf(ReadOnlySpan<byte> body) => new(Domains.MicroBody.Hash(body));

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        Header.Write(output);
        output.Write(Body.Span);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="block">The block, when the result is <see cref="ReadResult.Ok"/>: its body is the one that the header names; nothing certifies it yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [MaybeNull] out MicroBlock block)
    {
        var reader = new WireReader(source);
        ReadResult result = Read(ref reader, out block!);
        if (result != ReadResult.Ok || reader.IsAtEnd) return result;
        block = null;
        return ReadResult.TrailingBytes;
    }

    internal static ReadResult Read(ref WireReader reader, out MicroBlock block)
    {
        block = null!;
        ReadResult result = MicroHeader.Read(ref reader, out MicroHeader header);
        if (result != ReadResult.Ok) return result;
        if (!reader.TryReadSpan(header.BodyLength, out ReadOnlySpan<byte> body)) return ReadResult.Truncated;
        if (RootOf(body) != header.BodyRoot) return ReadResult.NotCanonical;
        block = new MicroBlock(header, body.ToArray());
        return ReadResult.Ok;
    }
}
