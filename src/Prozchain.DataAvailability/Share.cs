using System.Buffers;
using Prozchain.DataAvailability.Commitments;
using Prozchain.DataAvailability.Wire;
using Prozchain.Shared;

namespace Prozchain.DataAvailability;

/// <summary>
/// A cell as it travels: its content and the proof of its place. Untrusted until <see cref="TryCheck"/>.
/// Format: docs/formats/da-share.md.
/// </summary>
public sealed class Share
{
    private const byte Version = 0;
    private const int MaxCellUnits = SquareParameters.MaxCellSize / SquareParameters.CellAlignment;
    private readonly byte[] _cell;

    /// <summary>Puts a cell and its proof together, without checking one against the other.</summary>
    /// <param name="proof">The claim.</param>
    /// <param name="cell">The content: a multiple of 64 bytes, 64 to 65536. Copied.</param>
    /// <exception cref="ArgumentException">The content has no possible length of a cell.</exception>
    public Share(CellProof proof, ReadOnlySpan<byte> cell)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (cell.IsEmpty || cell.Length % SquareParameters.CellAlignment != 0 || cell.Length > SquareParameters.MaxCellSize)
        {
            throw new ArgumentException(
                $"Expected a multiple of {SquareParameters.CellAlignment} bytes up to {SquareParameters.MaxCellSize}, got {cell.Length}.",
                nameof(cell));
        }
        (Proof, _cell) = (proof, cell.ToArray());
    }

    /// <summary>Longest encoding, in bytes.</summary>
    public const int MaxEncodedSize = 1 + 2 + SquareParameters.MaxCellSize + 1 + 1 + 2 + 2 + 2 + CellProof.MaxPathSize;

    /// <summary>The content.</summary>
    public ReadOnlyMemory<byte> Cell => _cell;

    /// <summary>The claim where the cell stands.</summary>
    public CellProof Proof { get; }

    /// <summary>Checks the share against the header; the cell is not null if and only if the result is <see cref="CellCheck.Valid"/>.</summary>
    public CellCheck TryCheck(SquareHeader header, out CheckedCell? cell)
    {
        CellCheck check = Proof.Verify(header, _cell);
        cell = check == CellCheck.Valid ? new CheckedCell(header, this) : null;
        return check;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteVarint((ulong)(_cell.Length / SquareParameters.CellAlignment));
        writer.WriteSpan(_cell);
        Proof.WriteTo(output);
    }

    /// <summary>Reads the wire format from untrusted bytes; the share is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out Share? share)
    {
        share = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        ReadResult counted = WireCount.Read(ref reader, source, 1, MaxCellUnits, out int units);
        if (counted != ReadResult.Ok) return counted;
        if (!reader.TryReadSpan(units * SquareParameters.CellAlignment, out ReadOnlySpan<byte> cell)) return ReadResult.Truncated;
        ReadResult result = CellProof.TryRead(source[reader.Offset..], out CellProof? proof);
        if (proof is not null) share = new Share(proof, cell);
        return result;
    }
}
