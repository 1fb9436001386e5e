using System.Buffers;
using System.Numerics;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// A row with its path to the row root and, if it stands alone, the path of its RLC. As read from bytes it proves
/// nothing until <see cref="Verify"/> or a <see cref="RowVerifier"/> has checked it. Format: docs/formats/da-row-proof.md.
/// </summary>
public sealed class RowProof
{
    /// <summary>Longest encoding that is read, in bytes.</summary>
    public const int MaxEncodedSize = 7 + (2 * MaxPath - 1) * Bytes32.Size + RowParameters.MaxRowSize;

    private const byte Version = 0;
    private const int MaxPath = 16;
    private readonly byte[] _row, _path, _rlcPath;

    internal RowProof(int index, byte[] row, byte[] path, byte[] rlcPath) => (Index, _row, _path, _rlcPath) = (index, row, path, rlcPath);

    /// <summary>Which row it is said to be, from 0.</summary>
    public int Index { get; }

    /// <summary>The row.</summary>
    public ReadOnlyMemory<byte> Row => _row;

    /// <summary>The siblings from the row up to the row root, 32 bytes each.</summary>
    public ReadOnlyMemory<byte> Path => _path;

    /// <summary>The siblings from the row's RLC up to the RLC root, 32 bytes each; empty if the proof does not stand alone.</summary>
    public ReadOnlyMemory<byte> RlcPath => _rlcPath;

    /// <summary>
    /// Checks a data row against the 32 bytes of a commitment alone. It costs the derivation of the coefficients, which
    /// depends on the row size; for more than one row a <see cref="RowVerifier"/> is cheaper, and it alone checks parity rows.
    /// </summary>
    public RowCheck Verify(RowCommitment commitment)
    {
        ArgumentNullException.ThrowIfNull(commitment);
        RowParameters parameters = commitment.Parameters;
        if (Index >= parameters.Rows) return RowCheck.OutsideRows;
        if (_row.Length != parameters.RowSize || _path.Length != BitOperations.Log2((uint)parameters.Rows) * Bytes32.Size) return RowCheck.WrongSize;
        int depth = BitOperations.Log2((uint)parameters.DataRows);
        if (Index >= parameters.DataRows || (_rlcPath.Length == 0 && depth > 0)) return RowCheck.NeedsVector;
        if (_rlcPath.Length != depth * Bytes32.Size) return RowCheck.WrongSize;

        Bytes32 rowRoot = Sha256Tree.Climb(Index, Sha256MerkleHash.Leaf(_row), _path);
        Span<byte> value = stackalloc byte[RlcCoefficients.ValueSize];
        new RlcCoefficients(rowRoot, parameters).Combine(_row, value);
        return commitment.IsOf(rowRoot, Sha256Tree.Climb(Index, Sha256MerkleHash.Leaf(value), _rlcPath)) ? RowCheck.Valid : RowCheck.BadProof;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Write(output, Index, _row, _path, _rlcPath);
    }

    internal static void Write(IBufferWriter<byte> output, int index, ReadOnlySpan<byte> row, ReadOnlySpan<byte> path, ReadOnlySpan<byte> rlcPath)
    {
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteUInt16((ushort)index);
        writer.WriteVarint((ulong)(row.Length / RowParameters.RowAlignment));
        writer.WriteByte((byte)(path.Length / Bytes32.Size));
        writer.WriteByte((byte)(rlcPath.Length / Bytes32.Size));
        writer.WriteSpan(path);
        writer.WriteSpan(rlcPath);
        writer.WriteSpan(row);
    }

    /// <summary>Bytes of a row with its path, without the path of its RLC.</summary>
    internal static int EncodedSize(RowParameters parameters) =>
        5 + WireWriter.VarintLength((ulong)(parameters.RowSize / RowParameters.RowAlignment))
        + BitOperations.Log2((uint)parameters.Rows) * Bytes32.Size + parameters.RowSize;

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out RowProof? proof)
    {
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadUInt16(out ushort index)) return ReadResult.Truncated;
        ReadResult counted = WireCount.Read(ref reader, source, 1, RowParameters.MaxRowSize / RowParameters.RowAlignment, out int units);
        if (counted != ReadResult.Ok) return counted;
        if (!reader.TryReadByte(out byte path) || !reader.TryReadByte(out byte rlcPath)) return ReadResult.Truncated;
        if (path > MaxPath || rlcPath >= MaxPath) return ReadResult.OutOfRange;
        if (!reader.TryReadSpan(path * Bytes32.Size, out ReadOnlySpan<byte> siblings)
            || !reader.TryReadSpan(rlcPath * Bytes32.Size, out ReadOnlySpan<byte> rlcSiblings)
            || !reader.TryReadSpan(units * RowParameters.RowAlignment, out ReadOnlySpan<byte> row))
        {
            return ReadResult.Truncated;
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new RowProof(index, row.ToArray(), siblings.ToArray(), rlcSiblings.ToArray());
        return ReadResult.Ok;
    }
}
