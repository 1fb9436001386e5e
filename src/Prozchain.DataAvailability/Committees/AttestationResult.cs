namespace Prozchain.DataAvailability.Committees;

/// <summary>What an attestation added.</summary>
public enum AttestationResult
{
    /// <summary>It counts.</summary>
    Added = 0,

    /// <summary>The member has attested already.</summary>
    AlreadyKnown = 1,

    /// <summary>There is no such member.</summary>
    UnknownMember = 2,

    /// <summary>The signature is not the member's of this statement.</summary>
    BadSignature = 3,
}
