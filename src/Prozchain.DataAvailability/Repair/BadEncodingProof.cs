using System.Buffers;
using System.Diagnostics;
using Prozchain.DataAvailability.Coding;
using Prozchain.DataAvailability.Commitments;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Repair;

/// <summary>
/// Shows to whoever has the header that a square was badly encoded: cells that it commits to, which contradict a root or each other.
/// Untrusted until <see cref="Verify"/>. Format: docs/formats/da-bad-encoding.md.
/// </summary>
/// <remarks>
/// The fraud proof of Al-Bassam, Sonnino, Buterin, "Fraud and data availability proofs" (2018), section 4.3: k cells of a line, each proven to its row or
/// column root. If the header commits to a well encoded square then no such proof exists, unless SHA-256 collides.
/// </remarks>
public sealed class BadEncodingProof
{
    private const byte Version = 0;
    private readonly Share[] _shares;

    internal BadEncodingProof(BadEncodingReason reason, AxisLine line, Share[] shares) => (Reason, Line, _shares) = (reason, line, shares);

    /// <summary>The kind of contradiction.</summary>
    public BadEncodingReason Reason { get; }

    /// <summary>The row or column.</summary>
    public AxisLine Line { get; }

    /// <summary>The cells that it rests on: k of the line, or one of it twice, by its row and by its column.</summary>
    public IReadOnlyList<Share> Shares => _shares;

    /// <summary>Checks the proof against a header that the caller trusts by its data root.</summary>
    public BadEncodingCheck Verify(SquareHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        SquareParameters parameters = header.Parameters;
        if (Line.Width != parameters.Width || Line.Index >= parameters.Width || _shares.Length != CountOf(Reason, parameters)) return BadEncodingCheck.WrongCells;
        int last = -1;
        for (int i = 0; i < _shares.Length; i++)
        {
            CellProof proof = _shares[i].Proof;
            int position = Position(proof.Coordinate);
            if (proof.Coordinate != Line.Coordinate(position)) return BadEncodingCheck.WrongCells;
            if (Reason == BadEncodingReason.NotACodeword ? position <= last : proof.Axis != (Axis)i || proof.Coordinate != _shares[0].Proof.Coordinate) return BadEncodingCheck.WrongCells;
            last = position;
        }
        foreach (Share share in _shares)
            if (share.TryCheck(header, out _) != CellCheck.Valid) return BadEncodingCheck.BadShare;
        bool contradicts = Reason == BadEncodingReason.ConflictingRoots
            ? !_shares[0].Cell.Span.SequenceEqual(_shares[1].Cell.Span) : !IsRootOf(header, Codeword(parameters));
        return contradicts ? BadEncodingCheck.Proven : BadEncodingCheck.NoContradiction;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)Reason);
        writer.WriteByte((byte)Line.Axis);
        writer.WriteUInt16((ushort)Line.Index);
        var bytes = new ArrayBufferWriter<byte>();
        foreach (Share share in _shares)
        {
            bytes.ResetWrittenCount();
            share.WriteTo(bytes);
            writer.WriteUInt32((uint)bytes.WrittenCount);
            writer.WriteSpan(bytes.WrittenSpan);
        }
    }

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    /// <param name="source">One proof and nothing else.</param>
    /// <param name="parameters">The shape of the square, which fixes how many cells there are.</param>
    /// <param name="proof">The proof.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, SquareParameters parameters, out BadEncodingProof? proof)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte reason) || !reader.TryReadByte(out byte axis) || !reader.TryReadUInt16(out ushort index)) return ReadResult.Truncated;
        if (reason > (byte)BadEncodingReason.ConflictingRoots || axis > (byte)Axis.Column || index >= parameters.Width) return ReadResult.OutOfRange;
        var shares = new Share[CountOf((BadEncodingReason)reason, parameters)];
        for (int i = 0; i < shares.Length; i++)
        {
            if (!reader.TryReadUInt32(out uint length)) return ReadResult.Truncated;
            if (length > Share.MaxEncodedSize) return ReadResult.OutOfRange;
            if (!reader.TryReadSpan((int)length, out ReadOnlySpan<byte> bytes)) return ReadResult.Truncated;
            // Its length is stated, so a share that stops short or goes on is wrong, however much follows.
            if (Share.TryRead(bytes, out Share? share) != ReadResult.Ok) return ReadResult.OutOfRange;
            shares[i] = share!;
        }
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new((BadEncodingReason)reason, new AxisLine((Axis)axis, index, parameters.Width), shares);
        return ReadResult.Ok;
    }

    private static int CountOf(BadEncodingReason reason, SquareParameters parameters) => reason == BadEncodingReason.NotACodeword ? parameters.DataWidth : 2;

    private int Position(CellCoordinate cell) => Line.Axis == Axis.Row ? cell.Column : cell.Row;

    private byte[] Codeword(SquareParameters parameters)
    {
        int k = parameters.DataWidth, size = parameters.CellSize;
        var codeword = new byte[2 * k * size];
        var present = new bool[2 * k];
        foreach (Share share in _shares)
        {
            int position = Position(share.Proof.Coordinate);
            share.Cell.Span.CopyTo(codeword.AsSpan(position * size));
            present[position] = true;
        }
        DecodeResult result = parameters.Code.Reconstruct(new Shards(codeword, k, size), new Shards(codeword.AsSpan(k * size), k, size), present);
        return result == DecodeResult.Restored ? codeword : throw new UnreachableException();
    }

    private bool IsRootOf(SquareHeader header, ReadOnlySpan<byte> codeword)
    {
        IAxisTree tree = header.Parameters.Tree;
        var cells = new ReadOnlyShards(codeword, Line.Width, header.Parameters.CellSize);
        if (!tree.Accepts(Line, cells)) return false;
        Span<byte> root = stackalloc byte[SquareHeader.MaxRootSize];
        root = root[..tree.RootSize];
        tree.ComputeRoot(Line, cells, root);
        return root.SequenceEqual(header.Root(Line.Axis, Line.Index));
    }
}
