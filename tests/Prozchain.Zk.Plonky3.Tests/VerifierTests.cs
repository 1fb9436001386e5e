using Prozchain.Zk.Fields;
using Prozchain.Zk.Plonky3.Tests.Fixtures;

namespace Prozchain.Zk.Plonky3.Tests;

/// <summary>The peer's proofs.</summary>
public sealed class VerifierTests
{
    [Theory]
    [MemberData(nameof(Vectors.All), MemberType = typeof(Vectors))]
    public void Verify_ProofOfThePeer_IsValid(string name)
    {
        var test = new Accept();
        Vectors.Run(name, ref test);
    }

    private struct Accept : IFixtureTest
    {
        public readonly void Run<TField, TExt>(Fixture<TField, TExt> fixture)
            where TField : unmanaged, IField<TField>
            where TExt : unmanaged, IExtensionField<TExt, TField> =>
            Assert.Equal(Plonky3Result.Valid, fixture.Verify(fixture.Proof));
    }
}
