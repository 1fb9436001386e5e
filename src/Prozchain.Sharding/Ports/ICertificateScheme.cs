namespace Prozchain.Sharding.Ports;

/// <summary>Lengths of an <see cref="ICertificateScheme"/>'s outputs.</summary>
/// <param name="Share">Bytes of every share.</param>
/// <param name="MaxCertificate">The most bytes that a certificate takes, at most 1 MiB.</param>
public readonly record struct CertificateSizes(int Share, int MaxCertificate);

/// <summary>One member's part of a certificate. The bytes are the caller's and are not copied.</summary>
/// <param name="Member">Index of the member in its committee.</param>
/// <param name="Share">The share, <see cref="CertificateSizes.Share"/> bytes.</param>
public readonly record struct CertificateShare(int Member, ReadOnlyMemory<byte> Share);

/// <summary>
/// Turns statements of the members of one committee into certificates: a list of signatures, or an aggregate or
/// threshold scheme. An instance stands for one committee and, where it signs, one member.
/// </summary>
/// <remarks>
/// <para>An implementer owes:</para>
/// <list type="bullet">
/// <item>answers depend on the bytes alone: every node gives the same one, always; any bytes are answered, never with an exception;</item>
/// <item>nobody can make a member's share of a message, or a certificate that counts it, without its key;</item>
/// <item><see cref="Combine"/> of shares that <see cref="VerifyShares"/> accepts gives a certificate that <see cref="Verify"/> accepts, with the members' seats;</item>
/// <item>one encoding per certificate: bytes that differ from it are refused.</item>
/// </list>
/// <para>One thread at a time calls an instance.</para>
/// </remarks>
public interface ICertificateScheme
{
    /// <summary>Lengths of shares and certificates.</summary>
    CertificateSizes Sizes { get; }

    /// <summary>Makes the own member's share. Must not be called where the instance holds no key.</summary>
    /// <param name="message">The statement; in this package always a 32-byte digest of one domain.</param>
    /// <param name="share">Receives <see cref="CertificateSizes.Share"/> bytes.</param>
    void SignShare(ReadOnlySpan<byte> message, Span<byte> share);

    /// <summary>True if all the shares are valid. A caller that is told false bisects to find which are not.</summary>
    /// <param name="message">The statement.</param>
    /// <param name="shares">The shares, by ascending member.</param>
    bool VerifyShares(ReadOnlySpan<byte> message, ReadOnlySpan<CertificateShare> shares);

    /// <summary>Puts valid shares together.</summary>
    /// <param name="message">The statement.</param>
    /// <param name="shares">The shares, by ascending member.</param>
    /// <param name="certificate">Receives the certificate; at least <see cref="CertificateSizes.MaxCertificate"/> bytes.</param>
    /// <returns>The certificate's length in bytes.</returns>
    int Combine(ReadOnlySpan<byte> message, ReadOnlySpan<CertificateShare> shares, Span<byte> certificate);

    /// <summary>Checks a certificate.</summary>
    /// <param name="message">The statement.</param>
    /// <param name="certificate">The bytes, of any origin.</param>
    /// <param name="weightless">True for each member whose vote weighs no seat, a convicted one's; empty if there are none.</param>
    /// <returns>The seats of the members that signed, without the weightless; 0 if the certificate does not hold.</returns>
    int Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> certificate, ReadOnlySpan<bool> weightless = default);
}
