using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Committees;

/// <summary>Collects attestations of one statement until they make a certificate: a state machine. Not safe for concurrent use.</summary>
/// <param name="committee">Who may attest.</param>
/// <param name="statement">What is attested.</param>
/// <param name="verifier">Checks signatures.</param>
public sealed class CertificateCollector(Committee committee, AvailabilityStatement statement, ISignatureVerifier verifier)
{
    private readonly SortedDictionary<int, ReadOnlyMemory<byte>> _signatures = [];
    private readonly byte[] _message = statement.MessageFor(committee);
    private readonly ISignatureVerifier _verifier = verifier ?? throw new ArgumentNullException(nameof(verifier));

    /// <summary>Who may attest.</summary>
    public Committee Committee => committee;

    /// <summary>What is attested.</summary>
    public AvailabilityStatement Statement => statement;

    /// <summary>Weight that has attested.</summary>
    public ulong Weight { get; private set; }

    /// <summary>Members that have attested.</summary>
    public int Count => _signatures.Count;

    /// <summary>Adds an untrusted attestation, whose bytes are copied.</summary>
    public AttestationResult Add(Attestation attestation)
    {
        if ((uint)attestation.Member >= (uint)committee.Members.Count) return AttestationResult.UnknownMember;
        if (_signatures.ContainsKey(attestation.Member)) return AttestationResult.AlreadyKnown;
        CommitteeMember member = committee.Members[attestation.Member];
        if (attestation.Signature.Length is 0 or > Committee.MaxKeySize) return AttestationResult.BadSignature;
        byte[] signature = attestation.Signature.ToArray();
        if (!_verifier.Verify(member.PublicKey.Span, _message, signature)) return AttestationResult.BadSignature;
        _signatures.Add(attestation.Member, signature);
        Weight += member.Weight;
        return AttestationResult.Added;
    }

    /// <summary>Makes the certificate of all attestations so far, once they weigh enough.</summary>
    public bool TryBuild(out AvailabilityCertificate? certificate)
    {
        certificate = Weight >= committee.Quorum ? new AvailabilityCertificate(statement, committee, _signatures) : null;
        return certificate is not null;
    }
}
