using System.Buffers;
using System.Numerics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// What who knows only the 32 bytes of a commitment needs to check rows: the shape, the RLC vector, and one row. As read
/// from bytes it proves nothing until <see cref="TryVerify"/>. Format: docs/formats/da-row-header.md.
/// </summary>
/// <remarks>
/// The vector shows itself against the digest. The shape does not, so that a source that lies about it would make others' rows
/// look wrong; the row shows it, as its RLC depends on the shape and its path has the length that the shape says.
/// </remarks>
public sealed class RowHeader
{
    /// <summary>Longest encoding, in bytes: 32,768 + 32,768 rows of 32,704 bytes.</summary>
    public const int MaxEncodedSize = FixedSize + 2 + RowParameters.MaxRows / 2 * RlcVector.ValueSize + 16 * Bytes32.Size + 32_704;

    private const byte Version = 0;
    private const int FixedSize = 3 + Bytes32.Size + sizeof(ushort);

    internal RowHeader(RowParameters parameters, RlcVector rlc, RowProof proof)
    {
        (Rlc, ShapeProof) = (rlc, proof);
        Commitment = new RowCommitment(parameters, RowCommitment.Commit(rlc.RowRootBytes, RlcVector.Tree(rlc.Values.Span).Root).Span);
    }

    /// <summary>The shape that it states, with the digest of its vector.</summary>
    public RowCommitment Commitment { get; }

    /// <summary>The RLC of every data row.</summary>
    public RlcVector Rlc { get; }

    /// <summary>A row of the sender's choice, which shows the shape.</summary>
    public RowProof ShapeProof { get; }

    /// <summary>
    /// A verifier for rows, if the row that came along is one of the shape; else null. That the digest is the one asked for is for the caller to compare.
    /// </summary>
    /// <param name="verifier">Checks rows.</param>
    public RowCheck TryVerify(out RowVerifier? verifier)
    {
        RowCheck check = RowVerifier.TryCreate(Commitment, Rlc, out verifier);
        if (check == RowCheck.Valid) check = verifier!.Verify(ShapeProof.Index, ShapeProof.Row.Span, ShapeProof.Path.Span);
        if (check != RowCheck.Valid) verifier = null;
        return check;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        RowParameters parameters = Commitment.Parameters;
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)BitOperations.Log2((uint)parameters.DataRows));
        writer.WriteByte((byte)BitOperations.Log2((uint)parameters.Rows));
        writer.WriteVarint((ulong)(parameters.RowSize / RowParameters.RowAlignment));
        writer.WriteBytes32(Rlc.RowRootBytes);
        writer.WriteSpan(Rlc.Values.Span);
        writer.WriteUInt16((ushort)ShapeProof.Index);
        writer.WriteSpan(ShapeProof.Path.Span);
        writer.WriteSpan(ShapeProof.Row.Span);
    }

    /// <summary>Reads the wire format from untrusted bytes; the header is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One header and nothing else.</param>
    /// <param name="header">The header.</param>
    /// <param name="code">The code to use with it; <see cref="LeopardReedSolomon.Wide"/> if null.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out RowHeader? header, IErasureCode? code = null)
    {
        header = null;
        code ??= LeopardReedSolomon.Wide;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        ReadResult shaped = RowCommitment.ReadShape(ref reader, source, code, out RowParameters? parameters);
        if (shaped != ReadResult.Ok || parameters is null) return shaped;
        if (!reader.TryReadBytes32(out Bytes32 rowRoot)
            || !reader.TryReadSpan(parameters.DataRows * RlcVector.ValueSize, out ReadOnlySpan<byte> values)
            || !reader.TryReadUInt16(out ushort index)
            || !reader.TryReadSpan(BitOperations.Log2((uint)parameters.Rows) * Bytes32.Size, out ReadOnlySpan<byte> path)
            || !reader.TryReadSpan(parameters.RowSize, out ReadOnlySpan<byte> row))
        {
            return ReadResult.Truncated;
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        if (index >= parameters.Rows) return ReadResult.OutOfRange;
        header = new RowHeader(parameters, new RlcVector(rowRoot, values.ToArray()), new RowProof(index, row.ToArray(), path.ToArray(), []));
        return ReadResult.Ok;
    }

    internal static int EncodedSize(RowParameters parameters) =>
        FixedSize + WireWriter.VarintLength((ulong)(parameters.RowSize / RowParameters.RowAlignment))
        + parameters.DataRows * RlcVector.ValueSize + BitOperations.Log2((uint)parameters.Rows) * Bytes32.Size + parameters.RowSize;
}
