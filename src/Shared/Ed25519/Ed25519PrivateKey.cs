using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// A signing key (RFC 8032, section 5.1.5), in pinned memory that <see cref="Dispose"/> zeroes. Work on secrets is
/// constant-time as far as the JIT's code for additions, multiplications, comparisons and masks is; copies on the stack are
/// zeroed, but for what the JIT keeps beside them. Signatures are deterministic. Thread-safe, disposal too: an answer is
/// that of the whole key, or there is none.
/// </summary>
internal sealed class Ed25519PrivateKey : IDisposable
{
    private const int PrefixAt = Scalar25519.Size;

    // The scalar modulo L, then the prefix of nonces.
    private readonly byte[] _secret = GC.AllocateArray<byte>(PrefixAt + 32, pinned: true);
    private readonly byte[] _publicKey = new byte[Ed25519.PublicKeySize];
    private volatile bool _isDisposed;

    public Ed25519PrivateKey(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != Ed25519.SeedSize) throw new ArgumentException($"Expected {Ed25519.SeedSize} bytes, got {seed.Length}.", nameof(seed));
        Span<byte> expanded = stackalloc byte[SHA512.HashSizeInBytes];
        SHA512.HashData(seed, expanded);
        expanded[0] &= 0xF8;
        expanded[31] = (byte)((expanded[31] & 0x7F) | 0x40);
        // B has the order L, so that a multiple of L more or less is the same key.
        var scalar = Scalar25519.Reduce(expanded[..32]);
        scalar.Write(_secret);
        expanded[32..].CopyTo(_secret.AsSpan(PrefixAt));
        CryptographicOperations.ZeroMemory(expanded);
        EdwardsMultiples.OfBase(scalar).Write(_publicKey);
        Scalar25519.Clear(ref scalar);
    }

    /// <summary>32 bytes.</summary>
    public ReadOnlySpan<byte> PublicKey => _publicKey;

    /// <summary>Writes 64 bytes.</summary>
    public void Sign(ReadOnlySpan<byte> message, Span<byte> signature)
    {
        signature = signature[..Ed25519.SignatureSize];
        Scalar25519 nonce = Nonce(message);
        Span<byte> commitment = stackalloc byte[EdwardsPoint.Size], digest = stackalloc byte[SHA512.HashSizeInBytes];
        EdwardsMultiples.OfBase(nonce).Write(commitment);
        Ed25519.Hash(commitment, _publicKey, message, digest);
        // Written last: the message may lie in the same memory.
        Answer(Scalar25519.Reduce(digest), nonce).Write(signature[EdwardsPoint.Size..]);
        commitment.CopyTo(signature);
        Scalar25519.Clear(ref nonce);
    }

    /// <summary>SHA-512 of prefix and message, modulo L: secret, and another for every message.</summary>
    public Scalar25519 Nonce(ReadOnlySpan<byte> message)
    {
        Span<byte> prefix = stackalloc byte[_secret.Length - PrefixAt], digest = stackalloc byte[SHA512.HashSizeInBytes];
        CopySecret(PrefixAt, prefix);
        Ed25519.Hash(prefix, [], message, digest);
        var nonce = Scalar25519.Reduce(digest);
        CryptographicOperations.ZeroMemory(prefix);
        CryptographicOperations.ZeroMemory(digest);
        return nonce;
    }

    /// <summary>challenge · key + nonce.</summary>
    public Scalar25519 Answer(in Scalar25519 challenge, in Scalar25519 nonce)
    {
        Scalar25519 scalar = ReadScalar(), answer = Scalar25519.MultiplyAdd(challenge, scalar, nonce);
        Scalar25519.Clear(ref scalar);
        return answer;
    }

    /// <summary>key · P, constant-time.</summary>
    public EdwardsPoint Multiply(in EdwardsPoint point)
    {
        Scalar25519 scalar = ReadScalar();
        EdwardsPoint multiple = EdwardsMultiples.Of(point, scalar);
        Scalar25519.Clear(ref scalar);
        return multiple;
    }

    public void Dispose()
    {
        _isDisposed = true;
        Thread.MemoryBarrier();
        CryptographicOperations.ZeroMemory(_secret);
    }

    private Scalar25519 ReadScalar()
    {
        Span<byte> bytes = stackalloc byte[Scalar25519.Size];
        CopySecret(0, bytes);
        var scalar = Scalar25519.Read(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return scalar;
    }

    // Asks after the copy: what was zeroed meanwhile must not be used. A signature with a part of the key gives it away.
    private void CopySecret(int at, Span<byte> copy)
    {
        _secret.AsSpan(at, copy.Length).CopyTo(copy);
        Thread.MemoryBarrier();
        if (!_isDisposed) return;
        CryptographicOperations.ZeroMemory(copy);
        throw new ObjectDisposedException(nameof(Ed25519PrivateKey));
    }
}
