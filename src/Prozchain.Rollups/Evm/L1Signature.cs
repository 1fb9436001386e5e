using System.Security.Cryptography;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Evm;

/// <summary>Signatures as the EVM's <c>ecrecover</c> takes them: r, s, and 27 or 28 for the parity of R's y.</summary>
internal static class L1Signature
{
    public const int Size = 65;

    /// <summary>Signs with a low s and the recovery id that gives the signer's key.</summary>
    /// <exception cref="CryptographicException">The signer's signatures do not verify under its key.</exception>
    public static async ValueTask<byte[]> SignAsync(IL1Signer signer, Digest32 digest, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(signer);
        byte[] signature = new byte[Size], key = new byte[Secp256k1.PublicKeySize], message = digest.Span.ToArray();
        // Once in 2^128 neither recovery id names the key; a randomised signer then gives another.
        for (int attempt = 0; attempt < 2; attempt++)
        {
            await signer.SignAsync(message, signature.AsMemory(0, Secp256k1.SignatureSize), cancellation).ConfigureAwait(false);
            Secp256k1.ToLowS(signature);
            for (int parity = 0; parity < 2; parity++)
            {
                if (!Secp256k1.TryRecover(message, signature.AsSpan(0, Secp256k1.SignatureSize), parity == 1, key) || !key.AsSpan().SequenceEqual(signer.PublicKey.Span)) continue;
                signature[^1] = (byte)(27 + parity);
                return signature;
            }
        }
        throw new CryptographicException("Expected a signature that verifies under the signer's key.");
    }

    /// <summary>Whose signature of a digest this is, as the precompile at address 1 says: zero for nobody's, and a high s passes.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">65 bytes.</param>
    public static L1Address Recover(in Digest32 digest, ReadOnlySpan<byte> signature)
    {
        if (signature.Length != Size || signature[^1] is not (27 or 28) || !Secp256k1.IsScalar(signature[32..64])) return default;
        Span<byte> low = stackalloc byte[Secp256k1.SignatureSize], key = stackalloc byte[Secp256k1.PublicKeySize];
        signature[..64].CopyTo(low);
        Secp256k1.ToLowS(low);
        // The other s is that of the other R.
        bool isOdd = signature[^1] == 28 ^ !low[32..].SequenceEqual(signature[32..64]);
        return Secp256k1.TryRecover(digest.Span, low, isOdd, key) ? L1Address.FromPublicKey(key) : default;
    }
}
