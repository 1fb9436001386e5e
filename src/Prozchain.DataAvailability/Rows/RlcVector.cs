using System.Buffers;
using System.Numerics;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// The root over the rows and the RLC of every data row, 16 bytes each: what, sent once, makes every row cheap to check.
/// As read from bytes it proves nothing until <see cref="Verify"/>. Format: docs/formats/da-row-rlc.md.
/// </summary>
public sealed class RlcVector
{
    private const byte Version = 0;
    private readonly Bytes32 _rowRoot;
    private readonly byte[] _values;

    internal RlcVector(in Bytes32 rowRoot, byte[] values) => (_rowRoot, _values) = (rowRoot, values);

    /// <summary>Bytes of one RLC: eight limbs of GF(2^16), each little-endian.</summary>
    public const int ValueSize = RlcCoefficients.ValueSize;

    /// <summary>The root of the tree over the rows, 32 bytes.</summary>
    public ReadOnlySpan<byte> RowRoot => _rowRoot.Span;

    /// <summary>The RLC of every data row, in order.</summary>
    public ReadOnlyMemory<byte> Values => _values;

    internal ref readonly Bytes32 RowRootBytes => ref _rowRoot;

    /// <summary>Checks the vector against a commitment; the vector is untrusted.</summary>
    public RowCheck Verify(RowCommitment commitment)
    {
        ArgumentNullException.ThrowIfNull(commitment);
        if (_values.Length != commitment.Parameters.DataRows * ValueSize) return RowCheck.WrongSize;
        return commitment.IsOf(_rowRoot, Tree(_values).Root) ? RowCheck.Valid : RowCheck.BadProof;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)BitOperations.Log2((uint)(_values.Length / ValueSize)));
        writer.WriteBytes32(_rowRoot);
        writer.WriteSpan(_values);
    }

    /// <summary>Reads the wire format from untrusted bytes; the vector is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out RlcVector? vector)
    {
        vector = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte log)) return ReadResult.Truncated;
        if (log >= BitOperations.Log2(RowParameters.MaxRows)) return ReadResult.OutOfRange;
        if (!reader.TryReadBytes32(out Bytes32 root) || !reader.TryReadSpan(ValueSize << log, out ReadOnlySpan<byte> values)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        vector = new RlcVector(root, values.ToArray());
        return ReadResult.Ok;
    }

    internal static Sha256Tree Tree(ReadOnlySpan<byte> values)
    {
        var tree = new Sha256Tree(values.Length / ValueSize);
        tree.SetLeaves(0, values, ValueSize);
        tree.Complete();
        return tree;
    }
}
