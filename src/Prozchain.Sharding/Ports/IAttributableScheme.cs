namespace Prozchain.Sharding.Ports;

/// <summary>What a certificate scheme is besides, if its certificates tell who signed. One that is not convicts nobody by them.</summary>
/// <remarks>An <see cref="ICertificateScheme"/> that is this too owes: a member that did not sign is never counted.</remarks>
public interface IAttributableScheme
{
    /// <summary>True if a certificate that <see cref="ICertificateScheme.Verify"/> accepts counts a member's share: whom it convicts.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="member">Index of the member in its committee.</param>
    bool Counts(ReadOnlySpan<byte> certificate, int member);
}
