namespace Prozchain.Rollups.Ports;

/// <summary>Checks signatures of transfers and of settlement calls.</summary>
/// <remarks>
/// An implementer owes: the answer depends on the bytes alone, for ever and on every machine, since a state root hangs
/// on it; one message and key have no two valid signatures that a third party can turn into each other; hostile bytes
/// of any length give false, never an exception; both members agree on every input. Need not be thread-safe.
/// </remarks>
public interface ISignatureVerifier
{
    /// <summary>True when the signature is valid.</summary>
    bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature);

    /// <summary>Answers for each claim at the same index of <paramref name="results"/>, which is at least as long.</summary>
    void VerifyMany(ReadOnlySpan<SignatureClaim> claims, Span<bool> results);
}
