using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Tests.Fixtures;

namespace Prozchain.Zk.Plonky3.Tests;

/// <summary>Proofs made here.</summary>
public sealed class ProverTests
{
    [Theory]
    [MemberData(nameof(Vectors.Deterministic), MemberType = typeof(Vectors))]
    public void Prove_StatementOfThePeer_GivesItsBytes(string name)
    {
        var test = new SameBytes();
        Vectors.Run(name, ref test);
    }

    private struct SameBytes : IFixtureTest
    {
        public readonly void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField> =>
            Assert.Equal(fixture.Proof, Plonky3Prover.Prove(fixture.Key, fixture.Traces, fixture.PublicValues));
    }
}
