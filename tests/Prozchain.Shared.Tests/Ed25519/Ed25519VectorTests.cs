namespace Prozchain.Shared.Tests;

public class Ed25519VectorTests
{
    [Fact]
    public void Verify_Wycheproof_GivesEveryVerdict() => Check(Ed25519Vectors.Wycheproof(), atLeast: 80);

    [Fact]
    public void Verify_EdgeCases_GivesTheVerdictOfTheRule() => Check(Ed25519Vectors.Edge(), atLeast: 600);

    [Fact]
    public void Sign_KnownAnswers_AreExact()
    {
        IReadOnlyList<(byte[] Seed, Ed25519Case Case)> all = Ed25519Vectors.Signing();
        Assert.True(all.Count > 100);
        Span<byte> signature = stackalloc byte[64];
        foreach ((byte[] seed, Ed25519Case expected) in all)
        {
            using var key = new Ed25519PrivateKey(seed);
            Assert.Equal(expected.PublicKey, key.PublicKey);
            key.Sign(expected.Message, signature);
            Assert.Equal(expected.Signature, signature);
            Assert.True(Ed25519.Verify(expected.PublicKey, expected.Message, signature));
        }
    }

    private static void Check(IReadOnlyList<Ed25519Case> cases, int atLeast)
    {
        Assert.True(cases.Count >= atLeast);
        Assert.Contains(cases, test => test.IsValid);
        Assert.Contains(cases, test => !test.IsValid);
        Assert.All(cases, test => Assert.True(test.IsValid == Ed25519.Verify(test.PublicKey, test.Message, test.Signature), $"Expected {test.Name} {(test.IsValid ? "valid" : "refused")}."));
    }
}
