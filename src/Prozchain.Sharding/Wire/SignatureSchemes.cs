using Prozchain.Shared;

namespace Prozchain.Sharding.Wire;

/// <summary>The scheme bytes that lead addresses, public keys and signatures. A reader refuses any other.</summary>
public static class SignatureSchemes
{
    /// <summary>ECDSA over P-256 with SHA-256: public keys and signatures of 65 bytes, scheme byte included.</summary>
    public const byte P256 = P256Signature.Scheme;

    /// <summary>Length in bytes of a public key of scheme 1, with its scheme byte.</summary>
    public const int P256PublicKeySize = P256Signature.PublicKeySize;

    /// <summary>Length in bytes of a signature of scheme 1, with its scheme byte.</summary>
    public const int P256SignatureSize = P256Signature.SignatureSize;

    /// <summary>Ed25519 (RFC 8032): public keys of 33 bytes and signatures of 65, scheme byte included.</summary>
    public const byte Ed25519 = 2;

    /// <summary>Length in bytes of a public key of scheme 2, with its scheme byte.</summary>
    public const int Ed25519PublicKeySize = 1 + Shared.Ed25519.PublicKeySize;

    /// <summary>Length in bytes of a signature of scheme 2, with its scheme byte.</summary>
    public const int Ed25519SignatureSize = 1 + Shared.Ed25519.SignatureSize;

    /// <summary>True if this package verifies the scheme.</summary>
    public static bool IsKnown(byte scheme) => PublicKeySizeOf(scheme) != 0;

    /// <summary>Length in bytes of a scheme's public keys, with the scheme byte; 0 if this package does not verify the scheme.</summary>
    internal static int PublicKeySizeOf(byte scheme) => scheme switch { P256 => P256PublicKeySize, Ed25519 => Ed25519PublicKeySize, _ => 0 };
}
