using System.Security.Cryptography;
using Prozchain.Testing;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>The bytes of docs/formats/zk-stark.md, version 0: to change them is to change the format.</summary>
public sealed class StarkFormatTests
{
    private const string Frozen = "dc44798a54487bd2683f91a16e64f33d664cf81e1380975c2c0e6203a939ae92";

    // The whole proof, for other verifiers.
    private static readonly string s_file = Path.Combine(RepositoryRoot.Path, "tests/Prozchain.Zk.Tests/Stark/stark-v0.proof");

    [Fact]
    public void Prove_EveryWidth_GivesTheFrozenBytes()
    {
        static void Body() => Assert.Equal(Frozen, Convert.ToHexStringLower(SHA256.HashData(new FrozenProof().Bytes())));
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    [Fact]
    public void Verify_TheFrozenFile_IsValid()
    {
        byte[] proof = File.ReadAllBytes(s_file);
        Assert.Equal(Frozen, Convert.ToHexStringLower(SHA256.HashData(proof)));
        Assert.Equal(VerifyResult.Valid, new FrozenProof().Verify(proof));
    }
}
