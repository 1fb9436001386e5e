using System.Buffers;
using Prozchain.Shared;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// One leaf of a <see cref="MerkleTree{THash}"/> with its path. What it claims comes out only by verifying. Wire form
/// (docs/formats/zk-merkle.md): version 0, index (4 bytes, little-endian), the leaf, the siblings from the leaf up.
/// </summary>
/// <remarks>Immutable and thread-safe.</remarks>
public sealed class MerkleOpening
{
    private const byte Version = 0;

    // The leaf behind its tag byte, as it is hashed.
    private readonly byte[] _taggedLeaf;
    private readonly byte[] _path;

    internal MerkleOpening(int index, ReadOnlySpan<byte> leaf, int depth)
    {
        Index = index;
        _taggedLeaf = new byte[1 + leaf.Length];
        leaf.CopyTo(_taggedLeaf.AsSpan(1));
        _path = new byte[depth * Bytes32.Size];
    }

    /// <summary>The position of the leaf that is claimed.</summary>
    public int Index { get; }

    /// <summary>Length in bytes of the encoding.</summary>
    public int EncodedSize => sizeof(byte) + sizeof(uint) + _taggedLeaf.Length - 1 + _path.Length;

    /// <summary>Reads an opening from untrusted bytes, of which none may be left over.</summary>
    /// <param name="source">The encoding.</param>
    /// <param name="shape">The shape of the tree, from the statement; it fixes every length.</param>
    /// <param name="opening">The opening, or null.</param>
    /// <returns>Ok, UnsupportedVersion, OutOfRange, Truncated or TrailingBytes.</returns>
    /// <exception cref="ArgumentException">The shape is a default value.</exception>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, MerkleShape shape, out MerkleOpening? opening)
    {
        shape.Require();
        opening = null;
        var reader = new WireReader(source);
        if (!reader.TryReadByte(out byte version)) return ReadResult.Truncated;
        if (version != Version) return ReadResult.UnsupportedVersion;
        if (!reader.TryReadUInt32(out uint index)) return ReadResult.Truncated;
        if (index >= (uint)shape.LeafCount) return ReadResult.OutOfRange;
        if (!reader.TryReadSpan(shape.LeafSize, out ReadOnlySpan<byte> leaf)) return ReadResult.Truncated;
        if (!reader.TryReadSpan(shape.Depth * Bytes32.Size, out ReadOnlySpan<byte> path)) return ReadResult.Truncated;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        opening = new MerkleOpening((int)index, leaf, shape.Depth);
        path.CopyTo(opening._path);
        return ReadResult.Ok;
    }

    /// <summary>Writes the encoding, <see cref="EncodedSize"/> bytes.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(output);
        var writer = new WireWriter(output);
        writer.WriteByte(Version);
        writer.WriteUInt32((uint)Index);
        writer.WriteSpan(_taggedLeaf.AsSpan(1));
        writer.WriteSpan(_path);
    }

    /// <summary>Checks the path and yields the leaf.</summary>
    /// <param name="root">The 32-byte root, from the statement or an earlier message.</param>
    /// <param name="shape">The shape of the tree, from the statement.</param>
    /// <param name="index">The position asked for, below the number of leaves.</param>
    /// <param name="leaf">The leaf's bytes if valid, else empty.</param>
    /// <returns>Valid, WrongShape, WrongIndex or RootMismatch.</returns>
    /// <exception cref="ArgumentException">The root is not 32 bytes, or index or shape are impossible.</exception>
    public VerifyResult Verify<THash>(ReadOnlySpan<byte> root, MerkleShape shape, int index, out ReadOnlySpan<byte> leaf) where THash : struct, IDigest<THash>
    {
        shape.Require();
        if (root.Length != Bytes32.Size) throw new ArgumentException($"Expected a root of {Bytes32.Size} bytes, got {root.Length}.", nameof(root));
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, shape.LeafCount);
        leaf = default;
        if (_taggedLeaf.Length - 1 != shape.LeafSize || _path.Length != shape.Depth * Bytes32.Size) return VerifyResult.WrongShape;
        if (index != Index) return VerifyResult.WrongIndex;

        Bytes32 node = LeafDigest<THash>();
        for (int level = 0; level < shape.Depth; level++)
        {
            var sibling = new Bytes32(Sibling(level));
            node = (index >> level & 1) == 0 ? NodeHash<THash>.Inner(node, sibling) : NodeHash<THash>.Inner(sibling, node);
        }
        if (!node.Span.SequenceEqual(root)) return VerifyResult.RootMismatch;
        leaf = _taggedLeaf.AsSpan(1);
        return VerifyResult.Valid;
    }

    /// <summary>Checks the path of a matrix row and yields its elements.</summary>
    /// <param name="root">The 32-byte root, from the statement or an earlier message.</param>
    /// <param name="rows">Number of rows, from the statement.</param>
    /// <param name="index">The row asked for.</param>
    /// <param name="row">An element for each column; written only if valid, else cleared.</param>
    /// <returns>Valid, WrongShape, WrongIndex, RootMismatch or NonCanonicalElement.</returns>
    /// <exception cref="ArgumentException">The root is not 32 bytes, or a number is out of range.</exception>
    public VerifyResult VerifyRow<TField, THash>(ReadOnlySpan<byte> root, int rows, int index, Span<TField> row)
        where TField : struct, IField<TField>
        where THash : struct, IDigest<THash>
    {
        row.Clear();
        VerifyResult result = Verify<THash>(root, MerkleShape.OfMatrix<TField>(rows, row.Length), index, out ReadOnlySpan<byte> leaf);
        if (result != VerifyResult.Valid) return result;
        for (int i = 0; i < row.Length; i++)
        {
            if (TField.TryRead(leaf.Slice(i * TField.EncodedSize, TField.EncodedSize), out row[i])) continue;
            row.Clear();
            return VerifyResult.NonCanonicalElement;
        }
        return VerifyResult.Valid;
    }

    internal Bytes32 LeafDigest<THash>() where THash : struct, IDigest<THash> => NodeHash<THash>.TaggedLeaf(_taggedLeaf);

    internal Span<byte> Sibling(int level) => _path.AsSpan(level * Bytes32.Size, Bytes32.Size);
}
