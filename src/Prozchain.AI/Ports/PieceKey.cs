using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Prozchain.Shared;

namespace Prozchain.AI.Ports;

/// <summary>
/// Names one piece of one stripe: the stripe's 32-byte root, which commits to the content of all its pieces, and the
/// piece's index. A key therefore never names two contents.
/// </summary>
public readonly struct PieceKey : IEquatable<PieceKey>
{
    /// <summary>Bytes of a stripe's root.</summary>
    public const int StripeSize = 32;

    /// <summary>Characters of the text of a key.</summary>
    internal const int TextLength = 2 * StripeSize + 4;

    private readonly Bytes32 _stripe;

    /// <summary>Makes the key of a piece.</summary>
    /// <param name="stripe">The stripe's root, 32 bytes.</param>
    /// <param name="piece">Index of the piece, 0 to 254; data pieces first.</param>
    /// <exception cref="ArgumentException">The root has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is outside its range.</exception>
    public PieceKey(ReadOnlySpan<byte> stripe, int piece)
    {
        if (stripe.Length != StripeSize)
            throw new ArgumentException($"Expected a stripe root of {StripeSize} bytes, got {stripe.Length}.", nameof(stripe));
        ArgumentOutOfRangeException.ThrowIfNegative(piece);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(piece, 254);
        _stripe = new Bytes32(stripe);
        Piece = piece;
    }

    /// <summary>The stripe's root, 32 bytes.</summary>
    [UnscopedRef]
    public ReadOnlySpan<byte> Stripe => _stripe.Span;

    /// <summary>Index of the piece within its stripe, 0 to 254.</summary>
    public int Piece { get; }

    /// <summary>Compares two keys by value.</summary>
    public static bool operator ==(PieceKey left, PieceKey right) => left.Equals(right);

    /// <summary>Compares two keys by value.</summary>
    public static bool operator !=(PieceKey left, PieceKey right) => !left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(PieceKey other) => Piece == other.Piece && _stripe.Equals(other._stripe);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PieceKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_stripe, Piece);

    /// <summary>64 lower-case hexadecimal digits, a hyphen, the index in three digits: fit for a file name.</summary>
    public override string ToString() => string.Create(TextLength, this, static (text, key) => key.Write(text));

    /// <summary>Writes those <see cref="TextLength"/> characters.</summary>
    internal void Write(Span<char> text)
    {
        Convert.TryToHexStringLower(Stripe, text, out _);
        text[2 * StripeSize] = '-';
        Piece.TryFormat(text[(2 * StripeSize + 1)..], out _, "D3", CultureInfo.InvariantCulture);
    }
}
