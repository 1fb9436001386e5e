namespace Prozchain.Rollups.Ports;

/// <summary>Says whether those who store data off the settlement layer vouch for it.</summary>
/// <remarks>
/// An implementer owes: the same answer on every node and for ever, from its arguments and the rollup's configuration alone;
/// no exception whatever the bytes. Need not be thread-safe.
/// </remarks>
public interface ICertificateVerifier
{
    /// <summary>Whether the certificate is of data with this digest and length.</summary>
    /// <param name="digest">Keccak-256 of the data, 32 bytes.</param>
    /// <param name="length">Length of the data in bytes.</param>
    /// <param name="certificate">Untrusted bytes.</param>
    bool Verify(ReadOnlySpan<byte> digest, int length, ReadOnlySpan<byte> certificate);
}
