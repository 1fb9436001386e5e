using Prozchain.Shared;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Layout;

/// <summary>
/// Where value lives: a scheme byte and the BLAKE3 digest of scheme and public key. The digest alone is the key in the
/// state and decides the shard; as it commits to the scheme, one digest belongs to one scheme only. 33 bytes on the
/// wire: scheme, digest. The default value is no address (scheme 0 is unknown).
/// </summary>
public readonly struct Address : IEquatable<Address>
{
    /// <summary>Length in bytes on the wire.</summary>
    public const int Size = 1 + Digest.Size;

    internal Address(byte scheme, in Digest digest)
    {
        Scheme = scheme;
        Digest = digest;
    }

    /// <summary>The signature scheme of the owner's key.</summary>
    public byte Scheme { get; }

    /// <summary>The 256-bit key of this address in the state.</summary>
    public Digest Digest { get; }

    /// <summary>The address of a public key.</summary>
    /// <param name="publicKey">Public key with its leading scheme byte.</param>
    /// <exception cref="ArgumentException">The scheme is unknown or the length is not the scheme's.</exception>
    public static Address FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.IsEmpty || publicKey.Length != SignatureSchemes.PublicKeySizeOf(publicKey[0]))
            throw new ArgumentException($"Expected a public key of scheme {SignatureSchemes.P256} or {SignatureSchemes.Ed25519}, got {publicKey.Length} bytes.", nameof(publicKey));
        return new Address(publicKey[0], new Digest(Domains.Address.Hash(publicKey)));
    }

    /// <summary>Reads the wire form. Never throws.</summary>
    /// <param name="source">Exactly 33 bytes.</param>
    /// <param name="address">The address, when the result is <see cref="ReadResult.Ok"/>.</param>
    public static ReadResult TryRead(ReadOnlySpan<byte> source, out Address address)
    {
        address = default;
        if (source.Length < Size) return ReadResult.Truncated;
        if (source.Length > Size) return ReadResult.TrailingBytes;
        if (!SignatureSchemes.IsKnown(source[0])) return ReadResult.UnknownScheme;
        address = new Address(source[0], new Digest(source[1..]));
        return ReadResult.Ok;
    }

    /// <summary>Parses 66 hexadecimal digits, the wire form as text. False for anything else.</summary>
    /// <param name="text">The digits, of either case.</param>
    /// <param name="address">The address, when the result is true.</param>
    public static bool TryParse(ReadOnlySpan<char> text, out Address address)
    {
        Span<byte> bytes = stackalloc byte[Size];
        address = default;
        return text.Length == 2 * Size
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
            && TryRead(bytes, out address) == ReadResult.Ok;
    }

    /// <summary>Writes the wire form.</summary>
    /// <param name="destination">Receives 33 bytes.</param>
    public void WriteTo(Span<byte> destination)
    {
        destination[0] = Scheme;
        Digest.Span.CopyTo(destination[1..]);
    }

    /// <inheritdoc/>
    public bool Equals(Address other) => Scheme == other.Scheme && Digest == other.Digest;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>66 lower-case hexadecimal digits, as <see cref="TryParse"/> reads them.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        WriteTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Equality of scheme and digest.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Inequality of scheme or digest.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    internal static ReadResult Read(ref WireReader reader, out Address address)
    {
        address = default;
        return reader.TryReadSpan(Size, out ReadOnlySpan<byte> bytes) ? TryRead(bytes, out address) : ReadResult.Truncated;
    }
}
