using System.Text.Json;
using Prozchain.Testing;

namespace Prozchain.Shared.Tests;

public class EcvrfTests
{
    private const string Key1 = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", Key2 = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb";

    // RFC 9381, appendices B.3 and B.4: examples 16, 17, 19 and 20.
    [Theory]
    [InlineData(
        3, Key1, "",
        "8657106690b5526245a92b003bb079ccd1a92130477671f6fc01ad16f26f723f26f8a57ccaed74ee1b190bed1f479d9727d2d0f9b005a6e456a35d4fb0daab1268a1b0db10836d9826a528ca76567805",
        "90cf1df3b703cce59e2a35b925d411164068269d7b2d29f3301c03dd757876ff66b71dda49d2de59d03450451af026798e8f81cd2e333de5cdf4f3e140fdd8ae")]
    [InlineData(
        3, Key2, "72",
        "f3141cd382dc42909d19ec5110469e4feae18300e94f304590abdced48aed5933bf0864a62558b3ed7f2fea45c92a465301b3bbf5e3e54ddf2d935be3b67926da3ef39226bbc355bdc9850112c8f4b02",
        "eb4440665d3891d668e7e0fcaf587f1b4bd7fbfe99d0eb2211ccec90496310eb5e33821bc613efb94db5e5b54c70a848a0bef4553a41befc57663b56373a5031")]
    [InlineData(
        4, Key1, "",
        "7d9c633ffeee27349264cf5c667579fc583b4bda63ab71d001f89c10003ab46f14adf9a3cd8b8412d9038531e865c341cafa73589b023d14311c331a9ad15ff2fb37831e00f0acaa6d73bc9997b06501",
        "9d574bf9b8302ec0fc1e21c3ec5368269527b87b462ce36dab2d14ccf80c53cccf6758f058c5b1c856b116388152bbe509ee3b9ecfe63d93c3b4346c1fbc6c54")]
    [InlineData(
        4, Key2, "72",
        "47b327393ff2dd81336f8a2ef10339112401253b3c714eeda879f12c509072ef055b48372bb82efbdce8e10c8cb9a2f9d60e93908f93df1623ad78a86a028d6bc064dbfc75a6a57379ef855dc6733801",
        "38561d6b77b71d30eb97a062168ae12b667ce5c28caccdf76bc88e093e4635987cd96814ce55b4689b3dd2947f80e59aac7b7675f8083865b46c89b2ce9cc735")]
    public void Prove_KnownAnswers_AreExact(byte suite, string seed, string alpha, string proof, string beta) =>
        Check((EcvrfSuite)suite, Convert.FromHexString(seed), Convert.FromHexString(alpha), Convert.FromHexString(proof), Convert.FromHexString(beta));

    [Fact]
    public void Prove_PublishedExamples_AreExact()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestVectors.Require("vrf/ecvrf.json")));
        int checkedOnes = 0;
        foreach (JsonElement example in document.RootElement.EnumerateArray())
        {
            EcvrfSuite suite;
            if (example.GetProperty("suite").ValueEquals("ECVRF-EDWARDS25519-SHA512-TAI")) suite = EcvrfSuite.TryAndIncrement;
            else if (example.GetProperty("suite").ValueEquals("ECVRF-EDWARDS25519-SHA512-ELL2")) suite = EcvrfSuite.Elligator2;
            else continue;
            Assert.True(EcvrfCurve.TryHash(suite, Hex(example, "pk"), Hex(example, "alpha"), out EdwardsPoint h));
            var encoded = new byte[32];
            h.Write(encoded);
            Assert.Equal(Hex(example, "h"), encoded);
            Check(suite, Hex(example, "sk"), Hex(example, "alpha"), Hex(example, "pi"), Hex(example, "beta"));
            checkedOnes++;
        }
        Assert.True(checkedOnes >= 4);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void TryVerify_RandomKeysAndInputs_AcceptsTheProofOnly(byte suite) => Replay.Run(random =>
    {
        using var key = new Ed25519PrivateKey(random.Bytes(32));
        byte[] alpha = random.Bytes(random.Next(0, 2000)), proof = new byte[Ecvrf.ProofSize], beta = new byte[64], own = new byte[64];
        Ecvrf.Prove(key, (EcvrfSuite)suite, alpha, proof);
        Assert.True(Ecvrf.TryVerify((EcvrfSuite)suite, key.PublicKey, alpha, proof, beta));
        Assert.True(Ecvrf.TryOutput((EcvrfSuite)suite, proof, own));
        Assert.Equal(beta, own);
        Assert.False(Ecvrf.TryVerify((EcvrfSuite)(7 - suite), key.PublicKey, alpha, proof, beta));
        Assert.False(Ecvrf.TryVerify((EcvrfSuite)suite, key.PublicKey, [.. alpha, 0], proof, beta));
        TrieTools.Flip(proof, random.Next(proof.Length * 8));
        Assert.False(Ecvrf.TryVerify((EcvrfSuite)suite, key.PublicKey, alpha, proof, beta));
    }, 40);

    [Fact]
    public void TryVerify_KeyOfSmallOrder_IsRefusedThoughTheEquationsHold()
    {
        // The identity as key and as Gamma: with s = 0 both commitments are the identity, whatever the challenge.
        byte[] identity = [1, .. new byte[31]], alpha = [7], beta = new byte[64], h = new byte[32];
        Assert.True(EcvrfCurve.TryHash(EcvrfSuite.Elligator2, identity, alpha, out EdwardsPoint point));
        point.Write(h);
        byte[] challenge = System.Security.Cryptography.SHA512.HashData([4, 2, .. identity, .. h, .. identity, .. identity, .. identity, 0]);
        Assert.False(Ecvrf.TryVerify(EcvrfSuite.Elligator2, identity, alpha, [.. identity, .. challenge[..16], .. new byte[32]], beta));
        Assert.False(Ecvrf.TryVerify(EcvrfSuite.Elligator2, new byte[32], alpha, new byte[Ecvrf.ProofSize], beta));
    }

    [Fact]
    public void TryVerify_MalformedInput_IsRefused()
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        byte[] proof = new byte[Ecvrf.ProofSize], beta = new byte[64];
        Ecvrf.Prove(key, EcvrfSuite.Elligator2, [], proof);
        foreach (int length in (int[])[0, 32, 48, 79]) Assert.False(Ecvrf.TryVerify(EcvrfSuite.Elligator2, key.PublicKey, [], proof.AsSpan(0, length), beta));
        Assert.False(Ecvrf.TryVerify(EcvrfSuite.Elligator2, key.PublicKey, [], [.. proof, 0], beta));
        Assert.False(Ecvrf.TryVerify(EcvrfSuite.Elligator2, key.PublicKey[..31], [], proof, beta));
        byte[] unreduced = [.. proof[..48], .. NaiveEdwards.Bytes(NaiveEdwards.Number(proof.AsSpan(48)) + NaiveEdwards.L)];
        Assert.False(Ecvrf.TryVerify(EcvrfSuite.Elligator2, key.PublicKey, [], unreduced, beta));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void ProveAndVerify_WarmedUp_AllocateNothing(byte suite)
    {
        using var key = new Ed25519PrivateKey(new byte[32]);
        byte[] alpha = new byte[32], proof = new byte[Ecvrf.ProofSize], beta = new byte[64];
        AllocationAssert.None(() =>
        {
            Ecvrf.Prove(key, (EcvrfSuite)suite, alpha, proof);
            Assert.True(Ecvrf.TryVerify((EcvrfSuite)suite, key.PublicKey, alpha, proof, beta));
        });
    }

    private static void Check(EcvrfSuite suite, byte[] seed, byte[] alpha, byte[] proof, byte[] beta)
    {
        using var key = new Ed25519PrivateKey(seed);
        byte[] actual = new byte[Ecvrf.ProofSize], output = new byte[Ecvrf.OutputSize];
        Ecvrf.Prove(key, suite, alpha, actual);
        Assert.Equal(proof, actual);
        Assert.True(Ecvrf.TryVerify(suite, key.PublicKey, alpha, proof, output));
        Assert.Equal(beta, output);
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);
}
