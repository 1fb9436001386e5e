using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>Shows that a leaf is in a block's receipts tree. Immutable. Wire form: docs/formats/sharding-replica.md.</summary>
/// <remarks>
/// Leaves and inner nodes are hashed in different domains, and leaves by kind, so that a wrong count or index proves
/// nothing that is not in the tree.
/// </remarks>
public sealed class ReceiptProof
{
    private const int MaxLeaves = 1 << 20;

    private readonly Bytes32[] _siblings;

    internal ReceiptProof(int count, int index, Bytes32[] siblings) => (Count, Index, _siblings) = (count, index, siblings);

    /// <summary>Leaves of the tree.</summary>
    public int Count { get; }

    /// <summary>Place of the leaf.</summary>
    public int Index { get; }

    /// <summary>True if the proof leads from the leaf to the root.</summary>
    /// <param name="root">The receipts root.</param>
    /// <param name="kind">The leaf's kind.</param>
    /// <param name="encoding">Its encoding.</param>
    public bool Verify(in Digest root, ReceiptKind kind, ReadOnlySpan<byte> encoding) =>
        MerkleTree<TreeHash>.Verify(root.Bytes, Count, Index, LeafOf(kind, encoding), _siblings);

    /// <summary>Writes the wire form.</summary>
    /// <param name="output">Receives the bytes.</param>
    public void Write(IBufferWriter<byte> output)
    {
        var writer = new WireWriter(output);
        writer.WriteVarint((ulong)Count);
        writer.WriteVarint((ulong)Index);
        writer.WriteByte((byte)_siblings.Length);
        foreach (Bytes32 sibling in _siblings) writer.WriteBytes32(sibling);
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
        if (!reader.TryReadCount(MaxLeaves, out int count) || !reader.TryReadCount(count - 1, out int index) || !reader.TryReadByte(out byte length)) return null;
        if (length != MerkleTree<TreeHash>.ProofLength(count, index) || length * Bytes32.Size > reader.Remaining) return null;
        var siblings = new Bytes32[length];
        for (int i = 0; i < length; i++) reader.TryReadBytes32(out siblings[i]);
        return new ReceiptProof(count, index, siblings);
    }

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
