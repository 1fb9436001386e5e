using Prozchain.DataAvailability.Committees;
using Prozchain.DataAvailability.Ports;

namespace Prozchain.DataAvailability.Tests.Committees;

/// <summary>A committee with the keys of its members.</summary>
internal sealed class TestCommittees : IDisposable
{
    public TestCommittees(params ulong[] weights)
    {
        Signers = [.. weights.Select((_, i) => new P256Signer(TestSquares.Seed(100 + i)))];
        Committee = new Committee(weights.Select((weight, i) => new CommitteeMember(Signers[i].PublicKey, weight)));
    }

    public P256Signer[] Signers { get; }

    public Committee Committee { get; }

    public P256Verifier Verifier { get; } = new();

    public static AvailabilityStatement Statement(int seed = 1) => new(0, TestSquares.Random(seed, 32), 10, 20);

    public Attestation Sign(int member, AvailabilityStatement statement) => Attestation.Sign(Committee, statement, Signers[member]);

    public void Dispose()
    {
        foreach (P256Signer signer in Signers) signer.Dispose();
        Verifier.Dispose();
    }
}
