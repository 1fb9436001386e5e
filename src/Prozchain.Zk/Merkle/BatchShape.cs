using System.Numerics;

namespace Prozchain.Zk.Merkle;

/// <summary>
/// The shape of a batch of committed matrices: their dimensions, the cap, the salts. It belongs to the statement: a
/// verifier takes it from what it verifies, never from a proof, and with the indices asked for it fixes every length.
/// </summary>
/// <remarks>Immutable and thread-safe; equal by value.</remarks>
public sealed class BatchShape : IEquatable<BatchShape>
{
    /// <summary>The most matrices in a batch.</summary>
    public const int MaxMatrices = 4096;

    /// <summary>The largest width of a matrix, and of all matrices of one height together, salts included.</summary>
    public const int MaxWidth = 1 << 18;

    /// <summary>The most salt elements of a row.</summary>
    public const int MaxSaltLength = 64;

    private readonly MatrixDimensions[] _matrices;

    /// <summary>A shape.</summary>
    /// <param name="matrices">1 to <see cref="MaxMatrices"/> matrices, in the order of the commitment.</param>
    /// <param name="capHeight">Logarithm of the number of roots committed to; no matrix is lower than the cap.</param>
    /// <param name="saltLength">Random elements appended to each row of each matrix; 0 for a commitment that does not hide.</param>
    /// <exception cref="ArgumentException">A number is out of range.</exception>
    public BatchShape(ReadOnlySpan<MatrixDimensions> matrices, int capHeight = 0, int saltLength = 0)
    {
        if (matrices.Length is 0 or > MaxMatrices) throw new ArgumentException($"Expected 1 to {MaxMatrices} matrices, got {matrices.Length}.", nameof(matrices));
        if (saltLength is < 0 or > MaxSaltLength) throw new ArgumentException($"Expected 0 to {MaxSaltLength} salt elements, got {saltLength}.", nameof(saltLength));
        int tallest = 0, lowest = int.MaxValue;
        foreach ((int height, int width) in matrices)
        {
            if (height is < 1 or > MerkleShape.MaxLeafCount || !BitOperations.IsPow2(height))
                throw new ArgumentException($"Expected a power of two of rows, 1 to {MerkleShape.MaxLeafCount}, got {height}.", nameof(matrices));
            if (width is < 1 or > MaxWidth) throw new ArgumentException($"Expected a width of 1 to {MaxWidth}, got {width}.", nameof(matrices));
            (tallest, lowest) = (Math.Max(tallest, height), Math.Min(lowest, height));
        }
        if (capHeight < 0 || capHeight > BitOperations.Log2((uint)lowest))
            throw new ArgumentException($"Expected a cap height of 0 to {BitOperations.Log2((uint)lowest)}, got {capHeight}.", nameof(capHeight));
        _matrices = matrices.ToArray();
        (Height, CapHeight, SaltLength) = (tallest, capHeight, saltLength);
        for (int height = tallest; height > 0; height /= 2)
            if (WidthAt(height) > MaxWidth) throw new ArgumentException($"Expected at most {MaxWidth} elements of rows of one height together, got {WidthAt(height)}.", nameof(matrices));
    }

    /// <summary>The matrices, in the order of the commitment.</summary>
    public ReadOnlySpan<MatrixDimensions> Matrices => _matrices;

    /// <summary>Rows of the tallest matrix: the leaves of the tree, which indices count.</summary>
    public int Height { get; }

    /// <summary>Logarithm of the number of roots.</summary>
    public int CapHeight { get; }

    /// <summary>Random elements appended to each row of each matrix.</summary>
    public int SaltLength { get; }

    /// <summary>Bytes of the commitment: 32 for each root.</summary>
    public int CapSize => 32 << CapHeight;

    /// <inheritdoc/>
    public bool Equals(BatchShape? other) =>
        other is not null && CapHeight == other.CapHeight && SaltLength == other.SaltLength && Matrices.SequenceEqual(other.Matrices);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as BatchShape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_matrices.Length, Height, CapHeight, SaltLength);

    /// <summary>The row of a matrix that stands over or at a leaf.</summary>
    internal int RowOf(int matrix, int index) => index >> BitOperations.Log2((uint)(Height / _matrices[matrix].Height));

    /// <summary>Elements of a matrix's row with its salt.</summary>
    internal int SaltedWidth(int matrix) => _matrices[matrix].Width + SaltLength;

    /// <summary>Elements that are hashed together at a height, 0 where there is no matrix.</summary>
    internal long WidthAt(int height)
    {
        long width = 0;
        foreach (MatrixDimensions matrix in _matrices)
            if (matrix.Height == height) width += matrix.Width + SaltLength;
        return width;
    }
}
