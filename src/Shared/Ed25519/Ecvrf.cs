using System.Security.Cryptography;

namespace Prozchain.Shared;

/// <summary>
/// ECVRF over edwards25519 (RFC 9381, section 5) with keys of Ed25519. For a key and an input there is one output that
/// verifies, whoever made the key: keys of small order are refused (section 5.4.5), and encodings of points are those of
/// RFC 8032, so that s below L and canonical bytes also make the challenge one.
/// </summary>
internal static class Ecvrf
{
    /// <summary>Gamma, 16 bytes of the challenge, s.</summary>
    public const int ProofSize = EdwardsPoint.Size + ChallengeSize + Scalar25519.Size;

    public const int OutputSize = SHA512.HashSizeInBytes;

    private const int ChallengeSize = 16, AnswerAt = EdwardsPoint.Size + ChallengeSize;

    /// <summary>Writes <see cref="ProofSize"/> bytes. Constant-time on the key; not on the input.</summary>
    public static void Prove(Ed25519PrivateKey key, EcvrfSuite suite, ReadOnlySpan<byte> alpha, Span<byte> proof)
    {
        if (!EcvrfCurve.TryHash(suite, key.PublicKey, alpha, out EdwardsPoint h)) throw new System.Diagnostics.UnreachableException("Expected a point within 256 hashes.");
        EdwardsPoint gamma = key.Multiply(h);
        Span<byte> encoded = stackalloc byte[EdwardsPoint.Size], challenge = stackalloc byte[ChallengeSize];
        h.Write(encoded);
        Scalar25519 nonce = key.Nonce(encoded);
        Challenge(suite, key.PublicKey, h, gamma, EdwardsMultiples.OfBase(nonce), EdwardsMultiples.Of(h, nonce), challenge);
        key.Answer(Scalar25519.Reduce(challenge), nonce).Write(proof[AnswerAt..]);
        gamma.Write(proof);
        challenge.CopyTo(proof[EdwardsPoint.Size..]);
        Scalar25519.Clear(ref nonce);
    }

    /// <summary>True if the proof is valid; then the output is written. Untrusted input throughout.</summary>
    public static bool TryVerify(EcvrfSuite suite, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> alpha, ReadOnlySpan<byte> proof, Span<byte> beta)
    {
        if (!EdwardsPoint.TryRead(publicKey, out EdwardsPoint y) || y.MultiplyByCofactor().IsIdentity()
            || !TryRead(proof, out EdwardsPoint gamma, out Scalar25519 c, out Scalar25519 s)
            || !EcvrfCurve.TryHash(suite, publicKey, alpha, out EdwardsPoint h)) return false;
        EdwardsPoint u = EdwardsMultiples.OfPublic(-y, c, s);
        EdwardsPoint v = EdwardsMultiples.OfPublic(h, s, default) - EdwardsMultiples.OfPublic(gamma, c, default);
        Span<byte> challenge = stackalloc byte[ChallengeSize];
        Challenge(suite, publicKey, h, gamma, u, v, challenge);
        if (!challenge.SequenceEqual(proof.Slice(EdwardsPoint.Size, ChallengeSize))) return false;
        Output(suite, gamma, beta);
        return true;
    }

    /// <summary>The output of a proof that is known to be valid, one's own; false if it is malformed.</summary>
    public static bool TryOutput(EcvrfSuite suite, ReadOnlySpan<byte> proof, Span<byte> beta)
    {
        if (!TryRead(proof, out EdwardsPoint gamma, out _, out _)) return false;
        Output(suite, gamma, beta);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> proof, out EdwardsPoint gamma, out Scalar25519 challenge, out Scalar25519 answer)
    {
        (gamma, challenge, answer) = (default, default, default);
        if (proof.Length != ProofSize) return false;
        challenge = Scalar25519.Reduce(proof.Slice(EdwardsPoint.Size, ChallengeSize));
        return EdwardsPoint.TryRead(proof[..EdwardsPoint.Size], out gamma) && Scalar25519.TryRead(proof[AnswerAt..], out answer);
    }

    // Section 5.4.3: suite, 2, the five points, 0; the first 16 bytes.
    private static void Challenge(
        EcvrfSuite suite, ReadOnlySpan<byte> publicKey, in EdwardsPoint h, in EdwardsPoint gamma, in EdwardsPoint u, in EdwardsPoint v, Span<byte> challenge)
    {
        Span<byte> text = stackalloc byte[2 + 5 * EdwardsPoint.Size + 1], digest = stackalloc byte[SHA512.HashSizeInBytes];
        (text[0], text[1], text[^1]) = ((byte)suite, 2, 0);
        publicKey.CopyTo(text[2..]);
        h.Write(text[34..]);
        gamma.Write(text[66..]);
        u.Write(text[98..]);
        v.Write(text[130..]);
        SHA512.HashData(text, digest);
        digest[..ChallengeSize].CopyTo(challenge);
    }

    // Section 5.2: suite, 3, eight times Gamma, 0.
    private static void Output(EcvrfSuite suite, in EdwardsPoint gamma, Span<byte> beta)
    {
        Span<byte> text = stackalloc byte[2 + EdwardsPoint.Size + 1];
        (text[0], text[1], text[^1]) = ((byte)suite, 3, 0);
        gamma.MultiplyByCofactor().Write(text[2..]);
        SHA512.HashData(text, beta);
    }
}
