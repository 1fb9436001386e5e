using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>A 32-byte digest held by value: a state root, a batch's hash, a transfer's identifier, a commitment.</summary>
public readonly struct Digest32 : IEquatable<Digest32>, IComparable<Digest32>
{
    /// <summary>Length in bytes: 32.</summary>
    public const int Size = 32;

    internal readonly Bytes32 Value;

    internal Digest32(in Bytes32 value) => Value = value;

    /// <summary>Copies a digest.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">The length is not 32.</exception>
    public Digest32(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {bytes.Length}.", nameof(bytes));
        Value = new Bytes32(bytes);
    }

    /// <summary>The 32 bytes, as a view of this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => Value.Span;

    /// <inheritdoc/>
    public bool Equals(Digest32 other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest32 other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>Order as byte strings.</summary>
    public int CompareTo(Digest32 other) => Value.CompareTo(other.Value);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Value.ToString();

    /// <summary>Equality of all 32 bytes.</summary>
    public static bool operator ==(Digest32 left, Digest32 right) => left.Equals(right);

    /// <summary>Inequality of the 32 bytes.</summary>
    public static bool operator !=(Digest32 left, Digest32 right) => !left.Equals(right);

    /// <summary>Order as byte strings.</summary>
    public static bool operator <(Digest32 left, Digest32 right) => left.CompareTo(right) < 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >(Digest32 left, Digest32 right) => left.CompareTo(right) > 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator <=(Digest32 left, Digest32 right) => left.CompareTo(right) <= 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >=(Digest32 left, Digest32 right) => left.CompareTo(right) >= 0;
}
