using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Prozchain.Rollups.Batches;

/// <summary>
/// Ties a batch to the one before it: the first 20 bytes of the Keccak-256 of that batch's bytes. A check against posting
/// on the wrong branch, at 12 bytes less than a whole digest; what is final hangs on state roots, not on it.
/// </summary>
public readonly struct BatchCheck : IEquatable<BatchCheck>
{
    /// <summary>Length in bytes: 20.</summary>
    public const int Size = 20;

    private readonly Bytes20 _bytes;

    /// <summary>Copies a check.</summary>
    /// <param name="bytes">Exactly 20 bytes.</param>
    /// <exception cref="ArgumentException">The length is not 20.</exception>
    public BatchCheck(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {bytes.Length}.", nameof(bytes));
        bytes.CopyTo(_bytes);
    }

    /// <summary>The 20 bytes, as a view of this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => _bytes;

    /// <summary>The check that a batch after this one carries.</summary>
    /// <param name="batch">The whole encoding of the batch before, or of the genesis.</param>
    public static BatchCheck Of(ReadOnlySpan<byte> batch) => new(Hashing.Keccak(batch).Span[..Size]);

    /// <inheritdoc/>
    public bool Equals(BatchCheck other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is BatchCheck other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Unsafe.ReadUnaligned<int>(in Span[0]);

    /// <summary>40 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(Span);

    /// <summary>Equality of the 20 bytes.</summary>
    public static bool operator ==(BatchCheck left, BatchCheck right) => left.Equals(right);

    /// <summary>Inequality of the 20 bytes.</summary>
    public static bool operator !=(BatchCheck left, BatchCheck right) => !left.Equals(right);

    [InlineArray(Size)]
    private struct Bytes20
    {
        private byte _first;
    }
}
