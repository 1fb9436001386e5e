using System.Buffers.Binary;
using Prozchain.Shared;

namespace Prozchain.Rollups;

/// <summary>
/// Names an account: a scheme byte and a digest, which is the Keccak-256 of a domain tag and the public key, or for a
/// hash-based key the key itself. The 33 bytes of the wire form are the scheme byte, then the digest
/// (docs/formats/rollups-payments.md).
/// </summary>
public readonly struct AccountAddress : IEquatable<AccountAddress>
{
    /// <summary>Length of the wire form in bytes: 33.</summary>
    public const int Size = 1 + Digest32.Size;

    /// <summary>Scheme byte of ECDSA over P-256 with SHA-256; the only scheme of transfers of version 0.</summary>
    public const byte P256Scheme = P256Signature.Scheme;

    /// <summary>Scheme byte of Ed25519.</summary>
    public const byte Ed25519Scheme = 2;

    /// <summary>Scheme byte of hash-based signatures that a circuit verifies (docs/formats/rollups-zk-signature.md).</summary>
    public const byte HashScheme = 3;

    /// <summary>
    /// Scheme byte of an alias: the account's number in a rollup that keeps its accounts by number
    /// (docs/adr/0043-profile-proof.md). No key controls such an address by itself.
    /// </summary>
    public const byte NumberScheme = 4;

    /// <summary>Numbers of accounts are below this: 2^30.</summary>
    public const uint MaxNumber = 1 << 30;

    /// <summary>A public key is at most this many bytes long, scheme byte included.</summary>
    public const int MaxKeySize = 129;

    private readonly Digest32 _digest;

    internal AccountAddress(byte scheme, in Bytes32 digest)
    {
        Scheme = scheme;
        _digest = new Digest32(digest);
    }

    /// <summary>The signature scheme of the account's key.</summary>
    public byte Scheme { get; }

    /// <summary>
    /// Keccak-256 over the tag <c>Prozchain L2 address v0</c> and the public key with its scheme byte; for scheme 3 the 32
    /// bytes of the key, since they are hashes already and a circuit could not afford Keccak for each transaction.
    /// </summary>
    public Digest32 Digest => _digest;

    private static ReadOnlySpan<byte> Tag => "Prozchain L2 address v0"u8;

    /// <summary>The address that a public key controls.</summary>
    /// <param name="publicKey">
    /// The scheme byte, not 0, then the key; for P-256 the byte 1, then X and Y, 32 bytes each, big-endian; for a hash-based
    /// key the byte 3, then 8 elements of KoalaBear, 4 bytes each, little-endian, below the modulus.
    /// </param>
    /// <exception cref="ArgumentException">Fewer than 2 bytes or more than 129, scheme byte 0, or not of the shape that scheme 1, 2 or 3 has.</exception>
    public static AccountAddress FromPublicKey(ReadOnlySpan<byte> publicKey)
    {
        if (!IsKey(publicKey)) throw new ArgumentException($"Expected 2 to {MaxKeySize} bytes of a known shape, got {publicKey.Length}.", nameof(publicKey));
        if (publicKey[0] == HashScheme) return new AccountAddress(HashScheme, new Bytes32(publicKey[1..]));
        Span<byte> input = stackalloc byte[Tag.Length + MaxKeySize];
        Tag.CopyTo(input);
        publicKey.CopyTo(input[Tag.Length..]);
        return new AccountAddress(publicKey[0], Hashing.Keccak(input[..(Tag.Length + publicKey.Length)]));
    }

    /// <summary>The alias of an account: scheme 4, then the number in 4 bytes, big-endian, and 28 zeros, which is the key of its record.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A number of 2^30 or more.</exception>
    public static AccountAddress FromNumber(uint number)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, MaxNumber);
        Span<byte> digest = stackalloc byte[Digest32.Size];
        digest.Clear();
        BinaryPrimitives.WriteUInt32BigEndian(digest, number);
        return new AccountAddress(NumberScheme, new Bytes32(digest));
    }

    /// <summary>True for an alias, with its number.</summary>
    public bool TryGetNumber(out uint number)
    {
        ReadOnlySpan<byte> digest = _digest.Span;
        number = BinaryPrimitives.ReadUInt32BigEndian(digest);
        return Scheme == NumberScheme && number < MaxNumber && !digest[sizeof(uint)..].ContainsAnyExcept((byte)0);
    }

    /// <summary>Reads the wire form from untrusted bytes: false unless it is 33 bytes, the first not 0.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AccountAddress address)
    {
        bool ok = bytes.Length == Size && bytes[0] != 0;
        address = ok ? new AccountAddress(bytes[0], new Bytes32(bytes[1..])) : default;
        return ok;
    }

    /// <summary>Writes the 33 bytes of the wire form to the start of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">Fewer than 33 bytes of room.</exception>
    public void CopyTo(Span<byte> destination)
    {
        if (destination.Length < Size) throw new ArgumentException($"Expected room for {Size} bytes, got {destination.Length}.", nameof(destination));
        destination[0] = Scheme;
        _digest.Span.CopyTo(destination[1..]);
    }

    /// <inheritdoc/>
    public bool Equals(AccountAddress other) => Scheme == other.Scheme && _digest.Equals(other._digest);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AccountAddress other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => _digest.GetHashCode();

    /// <summary>The wire form in 66 lower-case hexadecimal digits.</summary>
    public override string ToString() => $"{Scheme:x2}{_digest}";

    /// <summary>Equality of scheme and digest.</summary>
    public static bool operator ==(AccountAddress left, AccountAddress right) => left.Equals(right);

    /// <summary>Inequality of scheme or digest.</summary>
    public static bool operator !=(AccountAddress left, AccountAddress right) => !left.Equals(right);

    /// <summary>True for bytes that <see cref="FromPublicKey"/> takes.</summary>
    internal static bool IsKey(ReadOnlySpan<byte> publicKey) =>
        publicKey.Length is > 1 and <= MaxKeySize && publicKey[0] switch
        {
            0 => false,
            P256Scheme => publicKey.Length == P256Signature.PublicKeySize,
            Ed25519Scheme => publicKey.Length == Ports.Ed25519Verifier.KeySize,
            HashScheme => publicKey.Length == Size && AreElements(publicKey[1..]),
            _ => true,
        };

    /// <summary>True if each word is below KoalaBear's modulus: one encoding for each key, so that one key has one address.</summary>
    internal static bool AreElements(ReadOnlySpan<byte> words)
    {
        const uint KoalaBear = 0x7F000001;
        for (; !words.IsEmpty; words = words[sizeof(uint)..])
            if (BinaryPrimitives.ReadUInt32LittleEndian(words) >= KoalaBear) return false;
        return true;
    }

    /// <summary>Where the state keeps the account: Keccak-256 of the tag byte 0x20 and the wire form.</summary>
    internal Digest32 StateKey()
    {
        Span<byte> input = stackalloc byte[1 + Size];
        input[0] = Hashing.AccountKeyTag;
        CopyTo(input[1..]);
        return new Digest32(Hashing.Keccak(input));
    }
}
