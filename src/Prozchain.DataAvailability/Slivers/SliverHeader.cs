using System.Buffers;
using System.Buffers.Binary;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Slivers;

/// <summary>
/// What a storage node or a reader knows of a blob: shape, length, and the root of every extended row and column. The blob's identity is
/// computed from them here; compare it with a trusted one before use. Format: docs/formats/da-slivers.md.
/// </summary>
public sealed class SliverHeader
{
    private const byte Version = 0;
    private const int PrefixSize = 1 + 2 + 4 + 4;
    private readonly Bytes32[] _roots;
    private readonly Bytes32 _id;

    /// <summary>Takes ownership of the roots: rows, then columns.</summary>
    internal SliverHeader(SliverParameters parameters, int payloadLength, Bytes32[] roots)
    {
        (Parameters, PayloadLength, _roots) = (parameters, payloadLength, roots);
        Span<byte> prefix = stackalloc byte[PrefixSize];
        WritePrefix(prefix);
        var leaves = new Bytes32[1 + roots.Length];
        leaves[0] = Sha256MerkleHash.Leaf(prefix);
        for (int i = 0; i < roots.Length; i++) leaves[1 + i] = Sha256MerkleHash.Leaf(roots[i].Span);
        _id = SliverTree.Root(leaves);
    }

    /// <summary>The shape.</summary>
    public SliverParameters Parameters { get; }

    /// <summary>Bytes of the blob.</summary>
    public int PayloadLength { get; }

    /// <summary>The 32 bytes that name the blob: the RFC 6962 SHA-256 root over the first bytes of the format, the row roots, and the column roots.</summary>
    public ReadOnlySpan<byte> BlobId => _id.Span;

    /// <summary>The root over the n symbols of a row or column, 32 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below n.</exception>
    public ReadOnlySpan<byte> Root(Axis axis, int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Parameters.Nodes);
        return RootOf(axis, index).Span;
    }

    /// <summary>True if both headers name the same blob.</summary>
    public bool IsSame(SliverHeader other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || _id.Equals(other._id);
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        WritePrefix(output.GetSpan(PrefixSize));
        output.Advance(PrefixSize);
        foreach (Bytes32 root in _roots) output.Write(root.Span);
    }

    /// <summary>Reads the wire format from untrusted bytes; the header is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One header and nothing else.</param>
    /// <param name="header">The header.</param>
    /// <param name="code">The code of the blob; <see cref="LeopardReedSolomon"/>'s if null.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out SliverHeader? header, IErasureCode? code = null)
    {
        code ??= LeopardReedSolomon.Instance;
        header = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadUInt16(out ushort nodes) || !reader.TryReadUInt32(out uint symbolSize) || !reader.TryReadUInt32(out uint length)) return ReadResult.Truncated;
        if (nodes is < SliverParameters.MinNodes or > SliverParameters.MaxNodes || symbolSize is 0 or > int.MaxValue) return ReadResult.OutOfRange;
        if (symbolSize % code.ShardAlignment != 0 || !SliverParameters.Fits(nodes, (int)symbolSize)) return ReadResult.OutOfRange;
        int faults = (nodes - 1) / 3;
        if (!code.Supports(nodes - 2 * faults, 2 * faults) || !code.Supports(nodes - faults, faults)) return ReadResult.OutOfRange;
        var parameters = new SliverParameters(nodes, (int)symbolSize, code);
        // One shape for each length, so that a blob has one identity.
        if (length > parameters.Capacity || SliverParameters.ForPayload(length, nodes, code).SymbolSize != symbolSize) return ReadResult.OutOfRange;
        if (reader.Remaining < 2 * nodes * Bytes32.Size) return ReadResult.Truncated;
        if (reader.Remaining > 2 * nodes * Bytes32.Size) return ReadResult.TrailingBytes;
        var roots = new Bytes32[2 * nodes];
        for (int i = 0; i < roots.Length; i++) reader.TryReadBytes32(out roots[i]);
        header = new SliverHeader(parameters, (int)length, roots);
        return ReadResult.Ok;
    }

    internal ref readonly Bytes32 RootOf(Axis axis, int index) => ref _roots[axis == Axis.Row ? index : Parameters.Nodes + index];

    private void WritePrefix(Span<byte> prefix)
    {
        prefix[0] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(prefix[1..], (ushort)Parameters.Nodes);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix[3..], (uint)Parameters.SymbolSize);
        BinaryPrimitives.WriteUInt32LittleEndian(prefix[7..], (uint)PayloadLength);
    }
}
