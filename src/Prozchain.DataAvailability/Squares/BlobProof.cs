using System.Buffers;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// A claim that a blob stands at a place of a namespaced square: for every row that it touches the proof of its shares
/// there, and nothing of the namespace's other blobs. As read from bytes it proves nothing until
/// <see cref="TryCheck"/>. Immutable. Format: docs/formats/da-blob-proof.md.
/// </summary>
public sealed class BlobProof
{
    private const byte Version = 0;

    // A proof with the most nodes: version, kind, start, end, count, nodes.
    private const int MaxPartSize = 2 + 2 + 2 + 1 + NamespacedProof.MaxNodes * NamespacedHash.NodeSize;

    private readonly NamespacedProof[] _rows;

    private BlobProof(int start, int shareCount, NamespacedProof[] rows) => (Start, ShareCount, _rows) = (start, shareCount, rows);

    /// <summary>Index of the blob's first share in the k × k shares, row by row.</summary>
    public int Start { get; }

    /// <summary>How many shares it fills.</summary>
    public int ShareCount { get; }

    /// <summary>The proof for each row, top to bottom.</summary>
    public IReadOnlyList<NamespacedProof> Rows => _rows;

    /// <summary>Proves a blob. Hashes the rows that it touches.</summary>
    /// <param name="square">A square with <see cref="NamespacedAxisTree"/> and cells of 512 bytes.</param>
    /// <param name="range">Where the blob stands: see <see cref="DataSquare.TryFind"/>.</param>
    /// <exception cref="ArgumentException">The square is another, or the range does not lie in it.</exception>
    public static BlobProof Create(ExtendedSquare square, BlobRange range)
    {
        ArgumentNullException.ThrowIfNull(square);
        if (!Fits(square.Parameters)) throw new ArgumentException("Expected a namespaced square with cells of 512 bytes.", nameof(square));
        int k = square.Parameters.DataWidth;
        if (!Fits(range.Start, range.ShareCount, k)) throw new ArgumentException($"Expected a range within {k * k} shares, got {range}.", nameof(range));
        NamespacedProof[] rows = [.. range.Rows(k).Select(row => Line(square, row.Row).ProveRange(row.Column, row.Column + row.Count))];
        return new BlobProof(range.Start, range.ShareCount, rows);
    }

    /// <summary>
    /// Checks that shares are the blob with a namespace and commitment, at the place that the proof says. All but header,
    /// namespace and commitment are untrusted.
    /// </summary>
    /// <param name="header">The header of the square, which the caller trusts.</param>
    /// <param name="ns">The namespace asked for.</param>
    /// <param name="commitment">The commitment asked for, 32 bytes.</param>
    /// <param name="shares">The blob's shares, 512 bytes each.</param>
    /// <param name="blob">The blob, copied; null unless the result is <see cref="BlobCheck.Valid"/>.</param>
    /// <param name="subtreeRootThreshold">See <see cref="BlobCommitment.SubtreeWidth"/>; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The threshold is below 1.</exception>
    public BlobCheck TryCheck(
        SquareHeader header, Namespace ns, ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> shares, out Blob? blob,
        int subtreeRootThreshold = BlobCommitment.DefaultThreshold)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentOutOfRangeException.ThrowIfLessThan(subtreeRootThreshold, 1);
        blob = null;
        int k = header.Parameters.DataWidth;
        if (!Fits(header.Parameters)) return BlobCheck.WrongTree;
        if (!Fits(Start, ShareCount, k) || _rows.Length != (Start + ShareCount - 1) / k - Start / k + 1) return BlobCheck.WrongRange;
        if (shares.Length != ShareCount * ShareView.Size || Blob.TryRead(shares, out Blob? read) != SquareReadResult.Ok) return BlobCheck.WrongShares;
        if (read!.Namespace != ns) return BlobCheck.WrongNamespace;
        Span<byte> own = stackalloc byte[BlobCommitment.Size];
        BlobCommitment.Compute(shares, own, subtreeRootThreshold);
        if (!own.SequenceEqual(commitment)) return BlobCheck.WrongCommitment;
        for (int i = 0, at = Start, rest = ShareCount; i < _rows.Length; i++)
        {
            (int row, int column) = Math.DivRem(at, k);
            int count = Math.Min(k - column, rest);
            if (_rows[i].Start != column || _rows[i].End != column + count) return BlobCheck.WrongRange;
            var line = new AxisLine(Axis.Row, row, 2 * k);
            ReadOnlySpan<byte> cells = shares.Slice((at - Start) * ShareView.Size, count * ShareView.Size);
            if (_rows[i].VerifyRange(line, header.Root(Axis.Row, row), cells, ShareView.Size) != NamespacedCheck.Valid) return BlobCheck.BadProof;
            (at, rest) = (at + count, rest - count);
        }
        blob = read;
        return BlobCheck.Valid;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteUInt32((uint)Start);
        writer.WriteUInt32((uint)ShareCount);
        writer.WriteVarint((ulong)_rows.Length);
        var part = new ArrayBufferWriter<byte>();
        foreach (NamespacedProof row in _rows)
        {
            part.ResetWrittenCount();
            row.WriteTo(part);
            writer.WriteVarint((ulong)part.WrittenCount);
            writer.WriteSpan(part.WrittenSpan);
        }
    }

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out BlobProof? proof)
    {
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadUInt32(out uint start) || !reader.TryReadUInt32(out uint shareCount)) return ReadResult.Truncated;
        const int max = SquareParameters.MaxDataWidth;
        if (start >= max * max || shareCount is 0 or > max * max) return ReadResult.OutOfRange;
        ReadResult result = WireCount.Read(ref reader, source, 1, max, out int count);
        if (result != ReadResult.Ok) return result;
        var rows = new List<NamespacedProof>();
        while (rows.Count < count)
        {
            result = WireCount.Read(ref reader, source, 1, MaxPartSize, out int length);
            if (result != ReadResult.Ok) return result;
            if (!reader.TryReadSpan(length, out ReadOnlySpan<byte> part)) return ReadResult.Truncated;
            // A part is as long as it says: bytes that are missing in it are a fault, not an end.
            result = NamespacedProof.TryRead(part, out NamespacedProof? row);
            if (result != ReadResult.Ok) return result == ReadResult.UnknownVersion ? result : ReadResult.OutOfRange;
            rows.Add(row!);
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new BlobProof((int)start, (int)shareCount, [.. rows]);
        return ReadResult.Ok;
    }

    private static bool Fits(SquareParameters parameters) => parameters.Tree is NamespacedAxisTree && parameters.CellSize == ShareView.Size;

    private static bool Fits(int start, int shareCount, int k) => start >= 0 && shareCount >= 1 && (long)start + shareCount <= k * k;

    private static NamespacedLine Line(ExtendedSquare square, int row) => (NamespacedLine)square.BuildLine(Axis.Row, row);
}
