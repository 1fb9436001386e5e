namespace Prozchain.Sharding.Ports;

/// <summary>A certificate scheme whose certificates tell who signed. One that cannot tell convicts nobody by them.</summary>
/// <remarks>An implementer owes what an <see cref="ICertificateScheme"/> owes, and: a member that did not sign is never counted.</remarks>
public interface IAttributableScheme : ICertificateScheme
{
    /// <summary>True if a certificate that <see cref="ICertificateScheme.Verify"/> accepts counts a member's share: whom it convicts.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="member">Index of the member in its committee.</param>
    bool Counts(ReadOnlySpan<byte> certificate, int member);
}
