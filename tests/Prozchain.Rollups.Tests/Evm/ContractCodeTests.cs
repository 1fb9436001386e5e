using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Prozchain.Rollups.Evm;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>What is embedded is what the sources say, and what the bindings call is there.</summary>
public sealed class ContractCodeTests
{
    [Theory]
    [InlineData("src", "Inbox", "Bridge", "StakeRegistry", "Guardian", "StepVerifier", "StepJudge", "Ed25519", "StateChain", "Tournament", "BondVault", "ProofRegistry", "MessageRoot", "EscapeHatch", "DataChallenge")]
    [InlineData("test", "TestToken", "TestFinality", "TestReceiver", "TestProof", "TestStep")]
    public void SourceHash_OfEachContract_IsOfTheSourcesHere(string folder, params string[] names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.GetFiles(Path.Combine(RepositoryRoot.Path, "contracts", folder), "*.sol").Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes($"{Path.GetFileName(file)}\n{File.ReadAllText(file)}\n"));
        string expected = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assembly from = folder == "src" ? typeof(ContractCode).Assembly : typeof(ContractCodeTests).Assembly;
        foreach (string name in names)
        {
            ContractCode code = ContractCode.Load(name, from);
            Assert.True(expected == code.SourceHash, $"{name}: compiled from other sources; run node contracts/compile.mjs.");
            Assert.InRange(code.DeployedSize, 1, 24_576);
        }
        Assert.Equal(names.Length, from.GetManifestResourceNames().Count(resource => resource.StartsWith("contracts.", StringComparison.Ordinal)));
    }

    [Fact]
    public void Compiled_ByThePinnedCompiler_IsTheSame()
    {
        Assert.SkipUnless(AnvilNode.Missing is null, AnvilNode.Missing ?? "");
        ChildProcess.Run("node", ["contracts/compile.mjs", "--check"]).AssertSuccess();
    }

    [Theory]
    [InlineData("Inbox", typeof(InboxContract))]
    [InlineData("Bridge", typeof(BridgeContract))]
    [InlineData("MessageRoot", typeof(MessageRootContract))]
    [InlineData("EscapeHatch", typeof(EscapeHatchContract))]
    [InlineData("DataChallenge", typeof(DataChallengeContract))]
    [InlineData("StakeRegistry", typeof(StakeRegistryContract))]
    [InlineData("Guardian", typeof(GuardianContract))]
    [InlineData("StepVerifier", typeof(StepVerifierContract))]
    [InlineData("BondVault", typeof(BondVaultContract))]
    [InlineData("StateChain", typeof(StateChainContract))]
    [InlineData("Tournament", typeof(TournamentContract))]
    [InlineData("ProofRegistry", typeof(ProofRegistryContract))]
    public void Bindings_OfEachContract_AreInItsAbi(string name, Type bindings)
    {
        ContractCode code = ContractCode.Load(name);
        FieldInfo[] fields = bindings.GetFields(BindingFlags.Public | BindingFlags.Static);
        string[] functions = [.. fields.Select(field => field.GetValue(null)).OfType<AbiFunction>().Select(function => function.Signature)];
        string[] events = [.. fields.Select(field => field.GetValue(null)).OfType<AbiEvent>().Select(type => type.Signature)];
        string[] errors = [.. fields.Select(field => field.GetValue(null)).OfType<AbiFunction[]>().Single().Select(error => error.Signature)];
        Assert.Empty(functions.Except(code.Signatures("function")));
        Assert.Equal(code.Signatures("event").Order(), events.Order());
        Assert.Equal(code.Signatures("error").Order(), errors.Order());
        Assert.True(functions.Length > 5, functions.Length.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Load_OfNoContract_IsRefused() => Assert.Throws<ArgumentException>(() => ContractCode.Load("Nothing"));
}
