namespace Prozchain.Sharding.Consensus;

/// <summary>What is wrong with a certificate, if anything.</summary>
public enum CertificateResult
{
    /// <summary>Members with a quorum of the seats signed this header.</summary>
    Valid,

    /// <summary>It certifies another header.</summary>
    WrongHeader,

    /// <summary>It was made for a committee of another size.</summary>
    WrongCommittee,

    /// <summary>The members that signed hold fewer seats than the quorum.</summary>
    TooFewSeats,

    /// <summary>A signature is not the member's over this header.</summary>
    BadSignature,
}
