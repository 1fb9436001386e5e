using System.Buffers;
using System.Numerics;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Rows;

/// <summary>
/// What a light client holds of a row code: its shape, and the 32 bytes that commit to all rows and to their RLCs.
/// Format: docs/formats/da-row-commitment.md.
/// </summary>
/// <remarks>
/// The digest is SHA-256(row root || RLC root). That the shape is the one it was made with shows when rows verify: the
/// coefficients depend on it.
/// </remarks>
public sealed class RowCommitment
{
    /// <summary>Bytes of the digest.</summary>
    public const int DigestSize = Bytes32.Size;

    private const byte Version = 0;
    private readonly Bytes32 _digest;

    /// <summary>Holds a digest that the caller trusts, with the shape that it belongs to.</summary>
    /// <exception cref="ArgumentException">The digest has not 32 bytes.</exception>
    public RowCommitment(RowParameters parameters, ReadOnlySpan<byte> digest)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (digest.Length != DigestSize) throw new ArgumentException($"Expected a digest of {DigestSize} bytes, got {digest.Length}.", nameof(digest));
        Parameters = parameters;
        _digest = new Bytes32(digest);
    }

    /// <summary>The shape.</summary>
    public RowParameters Parameters { get; }

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> Digest => _digest.Span;

    /// <summary>True if both commit to the same rows in the same shape.</summary>
    public bool IsSame(RowCommitment other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return ReferenceEquals(this, other) || (_digest.Equals(other._digest) && Parameters.SameShape(other.Parameters));
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)BitOperations.Log2((uint)Parameters.DataRows));
        writer.WriteByte((byte)BitOperations.Log2((uint)Parameters.Rows));
        writer.WriteVarint((ulong)(Parameters.RowSize / RowParameters.RowAlignment));
        writer.WriteBytes32(_digest);
    }

    /// <summary>Reads the wire format from untrusted bytes; the commitment is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One commitment and nothing else.</param>
    /// <param name="commitment">The commitment.</param>
    /// <param name="code">The code to use with it; <see cref="LeopardReedSolomon.Wide"/> if null.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out RowCommitment? commitment, IErasureCode? code = null)
    {
        commitment = null;
        code ??= LeopardReedSolomon.Wide;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        ReadResult shaped = ReadShape(ref reader, source, code, out RowParameters? parameters);
        if (shaped != ReadResult.Ok || parameters is null) return shaped;
        if (!reader.TryReadSpan(DigestSize, out ReadOnlySpan<byte> digest)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        commitment = new RowCommitment(parameters, digest);
        return ReadResult.Ok;
    }

    /// <summary>Reads K, K + N and the row size; the shape is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    internal static ReadResult ReadShape(ref WireReader reader, ReadOnlySpan<byte> source, IErasureCode code, out RowParameters? parameters)
    {
        parameters = null;
        if (!reader.TryReadByte(out byte dataLog) || !reader.TryReadByte(out byte rowsLog)) return ReadResult.Truncated;
        if (rowsLog > BitOperations.Log2(RowParameters.MaxRows) || dataLog >= rowsLog) return ReadResult.OutOfRange;
        ReadResult counted = WireCount.Read(ref reader, source, 1, RowParameters.MaxRowSize / RowParameters.RowAlignment, out int units);
        if (counted != ReadResult.Ok) return counted;
        int data = 1 << dataLog, rows = 1 << rowsLog, size = units * RowParameters.RowAlignment;
        if (!RowParameters.Fits(rows, size) || size % code.ShardAlignment != 0 || !code.Supports(data, rows - data)) return ReadResult.OutOfRange;
        parameters = new RowParameters(size, data, rows - data, code);
        return ReadResult.Ok;
    }

    internal static Bytes32 Commit(in Bytes32 rowRoot, in Bytes32 rlcRoot)
    {
        Span<byte> roots = stackalloc byte[2 * Bytes32.Size], digest = stackalloc byte[DigestSize];
        rowRoot.Span.CopyTo(roots);
        rlcRoot.Span.CopyTo(roots[Bytes32.Size..]);
        SHA256.HashData(roots, digest);
        return new Bytes32(digest);
    }

    internal bool IsOf(in Bytes32 rowRoot, in Bytes32 rlcRoot) => Commit(rowRoot, rlcRoot).Equals(_digest);
}
