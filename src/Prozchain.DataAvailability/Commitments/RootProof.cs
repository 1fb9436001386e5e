using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Commitments;

/// <summary>
/// A claim that a row or column root is one of those under a data root, for a client that holds no more than the data
/// root. As read from bytes it proves nothing until <see cref="Verify"/>. Format: docs/formats/da-root-proof.md.
/// </summary>
public sealed class RootProof
{
    private const byte Version = 0;
    private readonly byte[] _root, _path;

    internal RootProof(AxisLine line, byte[] root, byte[] path) => (Line, _root, _path) = (line, root, path);

    /// <summary>The row or column that the root is said to be of, and the width of the square.</summary>
    public AxisLine Line { get; }

    /// <summary>The root, 1 to 128 bytes.</summary>
    public ReadOnlyMemory<byte> Root => _root;

    /// <summary>True if the root is that of the line under the data root; it also binds the width.</summary>
    /// <param name="dataRoot">32 bytes that the caller trusts.</param>
    public bool Verify(ReadOnlySpan<byte> dataRoot)
    {
        int index = Line.Axis == Axis.Row ? Line.Index : Line.Width + Line.Index;
        return dataRoot.Length == Bytes32.Size && MerkleTree<Sha256MerkleHash>.Verify(
            new Bytes32(dataRoot), 2 * Line.Width, index, Sha256MerkleHash.Leaf(_root), MemoryMarshal.Cast<byte, Bytes32>(_path));
    }

    /// <summary>Checks a share from its cell to the data root. Both proofs and the cell are untrusted.</summary>
    /// <param name="dataRoot">32 bytes that the caller trusts.</param>
    /// <param name="tree">The tree over the lines of the square.</param>
    /// <param name="share">A share proved against the root of <see cref="Line"/>.</param>
    public CellCheck VerifyShare(ReadOnlySpan<byte> dataRoot, IAxisTree tree, Share share)
    {
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(share);
        CellProof proof = share.Proof;
        (int index, int position) = Line.Axis == Axis.Row ? (proof.Coordinate.Row, proof.Coordinate.Column) : (proof.Coordinate.Column, proof.Coordinate.Row);
        if (position >= Line.Width || index >= Line.Width) return CellCheck.OutsideSquare;
        bool isValid = proof.Axis == Line.Axis && index == Line.Index && _root.Length == tree.RootSize && Verify(dataRoot)
            && tree.Verify(Line, _root, position, share.Cell.Span, proof.Path.Span);
        return isValid ? CellCheck.Valid : CellCheck.BadProof;
    }

    /// <summary>Writes the wire format.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteByte((byte)Line.Axis);
        writer.WriteByte((byte)(BitOperations.Log2((uint)Line.Width) - 1));
        writer.WriteUInt16((ushort)Line.Index);
        writer.WriteByte((byte)_root.Length);
        writer.WriteSpan(_root);
        writer.WriteSpan(_path);
    }

    /// <summary>Reads the wire format from untrusted bytes; the proof is null unless the result is <see cref="ReadResult.Ok"/>.</summary>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out RootProof? proof)
    {
        proof = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnknownVersion;
        if (!reader.TryReadByte(out byte axis) || !reader.TryReadByte(out byte log) || !reader.TryReadUInt16(out ushort index)) return ReadResult.Truncated;
        if (axis > (byte)Axis.Column || log > BitOperations.Log2(SquareParameters.MaxDataWidth) || index >= 2 << log) return ReadResult.OutOfRange;
        if (!reader.TryReadByte(out byte size)) return ReadResult.Truncated;
        if (size is < 1 or > SquareHeader.MaxRootSize) return ReadResult.OutOfRange;
        if (!reader.TryReadSpan(size, out ReadOnlySpan<byte> root)) return ReadResult.Truncated;
        if (!reader.TryReadSpan((log + 2) * Bytes32.Size, out ReadOnlySpan<byte> path)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = new RootProof(new AxisLine((Axis)axis, index, 2 << log), root.ToArray(), path.ToArray());
        return ReadResult.Ok;
    }
}
