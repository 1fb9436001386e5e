using System.Diagnostics.CodeAnalysis;
using Prozchain.Shared;

namespace Prozchain.DataAvailability.Squares;

/// <summary>
/// Who a share belongs to: a version byte and an id of 28 bytes, ordered as byte strings. Namespaces up to
/// <see cref="PrimaryReservedPadding"/> and from FF…FF00 up are the square's own; the rest of version 0 is free for blobs.
/// Any 29 bytes can be held; <see cref="IsValid"/> tells whether they follow the rules. Format:
/// docs/formats/da-celestia-square.md.
/// </summary>
public readonly struct Namespace : IEquatable<Namespace>, IComparable<Namespace>
{
    /// <summary>Bytes of a namespace: 29.</summary>
    public const int Size = 29;

    /// <summary>Most bytes of an id that a blob's user chooses: 10; 18 zero bytes precede it.</summary>
    public const int MaxIdSize = 10;

    private const int ZeroPrefixSize = Size - 1 - MaxIdSize;
    private readonly Bytes32 _padded;

    /// <summary>Holds the bytes as they are.</summary>
    /// <exception cref="ArgumentException">There are not 29 bytes.</exception>
    public Namespace(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"Expected {Size} bytes, got {bytes.Length}.", nameof(bytes));
        Span<byte> padded = stackalloc byte[Bytes32.Size];
        bytes.CopyTo(padded);
        padded[Size..].Clear();
        _padded = new Bytes32(padded);
    }

    /// <summary>Ordinary transactions: 00…01.</summary>
    public static Namespace Transaction { get; } = Reserved(0, 0x01);

    /// <summary>Transactions that pay for blobs: 00…04.</summary>
    public static Namespace PayForBlob { get; } = Reserved(0, 0x04);

    /// <summary>Transactions that pay for blobs kept outside the square: 00…05.</summary>
    public static Namespace PayForFibre { get; } = Reserved(0, 0x05);

    /// <summary>Padding between the transactions and the first blob, and the last of the low reserved namespaces: 00…FF.</summary>
    public static Namespace PrimaryReservedPadding { get; } = Reserved(0, 0xFF);

    /// <summary>Padding after the last blob: FF…FE.</summary>
    public static Namespace TailPadding { get; } = Reserved(0xFF, 0xFE);

    /// <summary>Every share that the extension adds: FF…FF.</summary>
    public static Namespace Parity { get; } = Reserved(0xFF, 0xFF);

    private static Namespace FirstSecondaryReserved { get; } = Reserved(0xFF, 0x00);

    /// <summary>All 29 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Bytes => _padded.Span[..Size];

    /// <summary>The first byte: 0 for blobs, 0 or 255 for the square's own.</summary>
    public byte Version => _padded.Span[0];

    /// <summary>The 28 bytes after the version.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Id => Bytes[1..];

    /// <summary>True for version 0 with 18 zero bytes before the user's id, and for version 255.</summary>
    public bool IsValid => Version == 0xFF || (Version == 0 && !Id[..ZeroPrefixSize].ContainsAnyExcept((byte)0));

    /// <summary>True for the namespaces of the square itself.</summary>
    public bool IsReserved => this <= PrimaryReservedPadding || this >= FirstSecondaryReserved;

    /// <summary>True if a blob may have this namespace.</summary>
    public bool IsForBlobs => Version == 0 && IsValid && !IsReserved;

    internal bool IsCompact => this == Transaction || this == PayForBlob || this == PayForFibre;

    /// <summary>The namespace of version 0 with a user's id, which zeros on the left fill to 28 bytes.</summary>
    /// <param name="id">At most 10 bytes, big-endian.</param>
    /// <exception cref="ArgumentException">The id is longer, or falls into the reserved range: below 256.</exception>
    public static Namespace ForBlobs(ReadOnlySpan<byte> id)
    {
        if (id.Length > MaxIdSize) throw new ArgumentException($"Expected at most {MaxIdSize} bytes, got {id.Length}.", nameof(id));
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Clear();
        id.CopyTo(bytes[(Size - id.Length)..]);
        var result = new Namespace(bytes);
        if (result.IsReserved) throw new ArgumentException($"Expected an id above 255, got {result._padded.Span[Size - 1]}.", nameof(id));
        return result;
    }

    /// <inheritdoc/>
    public int CompareTo(Namespace other) => _padded.CompareTo(other._padded);

    /// <inheritdoc/>
    public bool Equals(Namespace other) => _padded.Equals(other._padded);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Namespace other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _padded.GetHashCode();

    /// <summary>58 hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(Bytes);

    /// <summary>Equal bytes.</summary>
    public static bool operator ==(Namespace left, Namespace right) => left.Equals(right);

    /// <summary>Different bytes.</summary>
    public static bool operator !=(Namespace left, Namespace right) => !left.Equals(right);

    /// <summary>Order as byte strings.</summary>
    public static bool operator <(Namespace left, Namespace right) => left.CompareTo(right) < 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >(Namespace left, Namespace right) => left.CompareTo(right) > 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator <=(Namespace left, Namespace right) => left.CompareTo(right) <= 0;

    /// <summary>Order as byte strings.</summary>
    public static bool operator >=(Namespace left, Namespace right) => left.CompareTo(right) >= 0;

    private static Namespace Reserved(byte fill, byte last)
    {
        Span<byte> bytes = stackalloc byte[Size];
        bytes.Fill(fill);
        bytes[Size - 1] = last;
        return new Namespace(bytes);
    }
}
