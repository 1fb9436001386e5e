using System.Numerics;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// The shape of a committed table: how many leaves, and how many bytes each. It belongs to the statement: a verifier
/// takes it from what it verifies, never from a proof, and it caps every length before anything is allocated.
/// </summary>
public readonly record struct MerkleShape
{
    /// <summary>The largest number of leaves, 2^27: the two-adicity of BabyBear.</summary>
    public const int MaxLeafCount = 1 << 27;

    /// <summary>The largest leaf in bytes, 1 MiB.</summary>
    public const int MaxLeafSize = 1 << 20;

    /// <summary>A shape.</summary>
    /// <param name="leafCount">A power of two, 1 to <see cref="MaxLeafCount"/>: the height of a prover's matrix.</param>
    /// <param name="leafSize">Bytes of one leaf, 0 to <see cref="MaxLeafSize"/>.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public MerkleShape(int leafCount, int leafSize)
    {
        if (leafCount is < 1 or > MaxLeafCount || !BitOperations.IsPow2(leafCount))
            throw new ArgumentException($"Expected a power of two of leaves, 1 to {MaxLeafCount}, got {leafCount}.", nameof(leafCount));
        if (leafSize is < 0 or > MaxLeafSize)
            throw new ArgumentException($"Expected a leaf of 0 to {MaxLeafSize} bytes, got {leafSize}.", nameof(leafSize));
        (LeafCount, LeafSize) = (leafCount, leafSize);
    }

    /// <summary>Number of leaves, a power of two; 0 in a default value, which no member accepts.</summary>
    public int LeafCount { get; }

    /// <summary>Bytes of one leaf.</summary>
    public int LeafSize { get; }

    /// <summary>Number of siblings on the path of a leaf: the logarithm of <see cref="LeafCount"/>.</summary>
    public int Depth => BitOperations.Log2((uint)LeafCount);

    /// <summary>Length in bytes of an opening's encoding: 1 + 4 + leaf + 32 for each sibling.</summary>
    public int OpeningSize => 1 + sizeof(uint) + LeafSize + Depth * 32;

    /// <summary>The shape of a matrix of field elements, a leaf for each row.</summary>
    /// <param name="rows">A power of two.</param>
    /// <param name="columns">Elements of a row.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public static MerkleShape OfMatrix<TField>(int rows, int columns) where TField : struct, IField<TField>
    {
        if (columns < 0 || columns > MaxLeafSize / TField.EncodedSize)
            throw new ArgumentException($"Expected 0 to {MaxLeafSize / TField.EncodedSize} columns, got {columns}.", nameof(columns));
        return new MerkleShape(rows, columns * TField.EncodedSize);
    }

    internal void Require()
    {
        if (LeafCount == 0) throw new ArgumentException("Expected a shape with leaves, got a default value.");
    }
}
