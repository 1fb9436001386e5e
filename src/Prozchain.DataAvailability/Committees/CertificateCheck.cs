namespace Prozchain.DataAvailability.Committees;

/// <summary>Whether a certificate holds.</summary>
public enum CertificateCheck
{
    /// <summary>It does.</summary>
    Valid = 0,

    /// <summary>It is of another committee.</summary>
    WrongCommittee = 1,

    /// <summary>The signers weigh two thirds or less.</summary>
    TooLittleWeight = 2,

    /// <summary>A signature is not the member's of the statement.</summary>
    BadSignature = 3,
}
