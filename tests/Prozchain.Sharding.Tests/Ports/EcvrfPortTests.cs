using Prozchain.Sharding.Ports;

namespace Prozchain.Sharding.Tests.Ports;

public class EcvrfPortTests
{
    [Theory]
    [InlineData(VrfSuite.Edwards25519TryAndIncrement)]
    [InlineData(VrfSuite.Edwards25519Elligator2)]
    public void TryVerify_ProversProof_GivesTheOutputOnceOnly(VrfSuite suite)
    {
        using var prover = new EcvrfProver(new byte[32], suite);
        var verifier = new EcvrfVerifier(suite);
        byte[] proof = new byte[EcvrfProver.ProofSize], again = new byte[EcvrfProver.ProofSize], beta = new byte[EcvrfVerifier.OutputSize], read = new byte[EcvrfVerifier.OutputSize];
        prover.Prove("slot 1"u8, proof);
        prover.Prove("slot 1"u8, again);
        Assert.Equal(proof, again);
        Assert.True(verifier.TryVerify(prover.PublicKey.Span, "slot 1"u8, proof, beta));
        Assert.True(verifier.TryReadOutput(proof, read));
        Assert.Equal(beta, read);
        Assert.False(verifier.TryVerify(prover.PublicKey.Span, "slot 2"u8, proof, beta));
        Assert.False(verifier.TryReadOutput(proof.AsSpan(1), beta));
    }

    // RFC 9381, appendix B.4, example 20: the default suite.
    [Fact]
    public void Prove_KnownAnswer_IsExact()
    {
        using var prover = new EcvrfProver(Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));
        var proof = new byte[EcvrfProver.ProofSize];
        prover.Prove([0x72], proof);
        Assert.Equal(
            "47b327393ff2dd81336f8a2ef10339112401253b3c714eeda879f12c509072ef055b48372bb82efbdce8e10c8cb9a2f9d60e93908f93df1623ad78a86a028d6bc064dbfc75a6a57379ef855dc6733801",
            Convert.ToHexStringLower(proof));
    }

    [Fact]
    public void Misuse_IsNamed()
    {
        Assert.Throws<ArgumentException>(() => new EcvrfProver(new byte[31]));
        Assert.Throws<ArgumentException>(() => new EcvrfProver(new byte[32], (VrfSuite)5));
        Assert.Throws<ArgumentException>(() => new EcvrfVerifier((VrfSuite)0));
        var prover = new EcvrfProver(new byte[32]);
        Assert.Throws<ArgumentException>(() => prover.Prove([], new byte[79]));
        Assert.Throws<ArgumentException>(() => new EcvrfVerifier().TryVerify([], [], [], new byte[63]));
        prover.Dispose();
        Assert.Throws<ObjectDisposedException>(() => prover.Prove([], new byte[80]));
    }
}
