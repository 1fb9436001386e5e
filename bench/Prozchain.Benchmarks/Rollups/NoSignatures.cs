using Prozchain.Rollups.Ports;

namespace Prozchain.Benchmarks.Rollups;

/// <summary>Finds every signature valid: shows what is left of a rate when signatures are checked elsewhere.</summary>
internal sealed class NoSignatures : ISignatureVerifier
{
    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) => true;

    public void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results) => results[..claims.Length].Fill(true);
}
