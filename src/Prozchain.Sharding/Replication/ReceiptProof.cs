using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>Shows that a leaf is in a block's receipts tree. Wire form: docs/formats/sharding-replica.md.</summary>
/// <remarks>
/// Leaves and inner nodes are hashed in different domains, and leaves by kind, so that a wrong count or index proves
/// nothing that is not in the tree.
/// </remarks>
public sealed class ReceiptProof
{
    private const int MaxLeaves = 1 << 20;

    private Bytes32[] _siblings = [];
    private int _length;

    internal ReceiptProof() { }

    /// <summary>Leaves of the tree.</summary>
    public int Count { get; private set; }

    /// <summary>Place of the leaf.</summary>
    public int Index { get; private set; }

    /// <summary>True if the proof leads from the leaf to the root.</summary>
    /// <param name="root">The receipts root.</param>
    /// <param name="kind">The leaf's kind.</param>
    /// <param name="encoding">Its encoding.</param>
    public bool Verify(in Digest root, ReceiptKind kind, ReadOnlySpan<byte> encoding) =>
        MerkleTree<TreeHash>.Verify(root.Bytes, Count, Index, LeafOf(kind, encoding), Siblings);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)Count);
        writer.WriteVarint((ulong)Index);
        writer.WriteByte((byte)_length);
        foreach (ref readonly Bytes32 sibling in Siblings) writer.WriteBytes32(sibling);
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">The whole encoding.</param>
    /// <param name="proof">The proof, when the result is <see cref="ReadResult.Ok"/>; it is not verified yet.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, [System.Diagnostics.CodeAnalysis.MaybeNull] out ReceiptProof proof)
    {
        var reader = new WireReader(source);
        proof = null;
        if (Read(ref reader) is not { } read) return ReadResult.NotCanonical;
        if (!reader.IsAtEnd) return ReadResult.TrailingBytes;
        proof = read;
        return ReadResult.Ok;
    }

    /// <summary>Null for any fault.</summary>
    internal static ReceiptProof? Read(ref WireReader reader)
    {
        var proof = new ReceiptProof();
        return proof.TryRead(ref reader) ? proof : null;
    }

    /// <summary>Reads one in place of what this was; false for any fault.</summary>
    internal bool TryRead(ref WireReader reader)
    {
        if (!reader.TryReadCount(MaxLeaves, out int count) || !reader.TryReadCount(count - 1, out int index) || !reader.TryReadByte(out byte length)) return false;
        if (length != MerkleTree<TreeHash>.ProofLength(count, index) || length * Bytes32.Size > reader.Remaining) return false;
        Begin(count, index);
        for (int i = 0; i < length; i++)
        {
            reader.TryReadBytes32(out Bytes32 sibling);
            Add(sibling);
        }
        return true;
    }

    /// <summary>Becomes the proof of another leaf, whose siblings are still to be added from the leaf up.</summary>
    internal void Begin(int count, int index) => (Count, Index, _length) = (count, index, 0);

    /// <summary>Becomes a copy.</summary>
    internal void Become(ReceiptProof other)
    {
        Begin(other.Count, other.Index);
        foreach (ref readonly Bytes32 sibling in other.Siblings) Add(sibling);
    }

    internal void Add(in Bytes32 sibling)
    {
        if (_length == _siblings.Length) Array.Resize(ref _siblings, Math.Max(4, 2 * _length));
        _siblings[_length++] = sibling;
    }

    private ReadOnlySpan<Bytes32> Siblings => _siblings.AsSpan(0, _length);

    internal static Bytes32 LeafOf(ReceiptKind kind, ReadOnlySpan<byte> encoding)
    {
        byte[] rented = ArrayPool<byte>.Shared.Rent(1 + encoding.Length);
        rented[0] = (byte)kind;
        encoding.CopyTo(rented.AsSpan(1));
        Bytes32 leaf = Domains.ReceiptLeaf.Hash(rented.AsSpan(0, 1 + encoding.Length));
        ArrayPool<byte>.Shared.Return(rented);
        return leaf;
    }
}
