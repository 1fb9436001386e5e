using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;

namespace Prozchain.Sharding;

/// <summary>
/// 32 bytes by value: a hash, a root, or a 256-bit key. Ordered as a byte string. The default value is 32 zero bytes,
/// which is also the root of an empty state.
/// </summary>
public readonly struct Digest : IEquatable<Digest>, IComparable<Digest>
{
    /// <summary>Length in bytes.</summary>
    public const int Size = Bytes32.Size;

    internal readonly Bytes32 Bytes;

    /// <summary>Copies 32 bytes.</summary>
    /// <param name="bytes">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">Another length.</exception>
    public Digest(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {bytes.Length}.", nameof(bytes));
        Bytes = new Bytes32(bytes);
    }

    internal Digest(in Bytes32 bytes) => Bytes = bytes;

    /// <summary>The bytes, as a view into this value.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Span => Bytes.Span;

    /// <summary>True for 32 zero bytes.</summary>
    public bool IsZero => Bytes.IsZero;

    /// <inheritdoc/>
    public bool Equals(Digest other) => Bytes.Equals(other.Bytes);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Digest other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Bytes.GetHashCode();

    /// <inheritdoc/>
    public int CompareTo(Digest other) => Bytes.CompareTo(other.Bytes);

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Bytes.ToString();

    /// <summary>Equality of all bytes.</summary>
    public static bool operator ==(Digest left, Digest right) => left.Equals(right);

    /// <summary>Inequality of some byte.</summary>
    public static bool operator !=(Digest left, Digest right) => !left.Equals(right);

    /// <summary>Order as byte strings.</summary>
    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;
}
