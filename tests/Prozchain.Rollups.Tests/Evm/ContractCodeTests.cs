using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Prozchain.Rollups.Evm;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Evm;

/// <summary>What is embedded is what the sources say, and what the bindings call is there.</summary>
public sealed class ContractCodeTests
{
    [Theory]
    [InlineData("src", 15)]
    [InlineData("test", 6)]
    public void SourceHash_OfEachContract_IsOfTheSourcesHere(string folder, int least)
    {
        Assembly from = folder == "src" ? typeof(ContractCode).Assembly : typeof(ContractCodeTests).Assembly;
        string[] names = [.. from.GetManifestResourceNames().Where(static resource => resource.StartsWith("contracts.", StringComparison.Ordinal)).Select(static resource => resource.Split('.')[^2])];
        Assert.True(names.Length >= least, string.Join(' ', names));
        foreach (string name in names)
        {
            ContractCode code = ContractCode.Load(name, from);
            Assert.True(HashOf(Path.Combine(RepositoryRoot.Path, "contracts", folder), name + ".sol") == code.SourceHash, $"{name}: compiled from other sources; run node contracts/compile.mjs.");
            Assert.InRange(code.DeployedSize, 1, 24_576);
        }
    }

    [Fact]
    public void Compiled_ByThePinnedCompiler_IsTheSame()
    {
        Assert.SkipUnless(AnvilNode.Missing is null, AnvilNode.Missing ?? "");
        // 40 seconds of one core, which other tests share.
        ChildProcess.Run("node", ["contracts/compile.mjs", "--check"], timeout: TimeSpan.FromMinutes(10)).AssertSuccess();
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
    [InlineData("ProvenChain", typeof(ProvenChainContract))]
    [InlineData("ProofRegistry", typeof(ProofRegistryContract))]
    [InlineData("FinalityPolicy", typeof(FinalityPolicyContract))]
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
        Assert.True(functions.Length > 3, functions.Length.ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Load_OfNoContract_IsRefused() => Assert.Throws<ArgumentException>(() => ContractCode.Load("Nothing"));

    // Of a source and all that it imports.
    private static string HashOf(string folder, string name)
    {
        var sources = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var todo = new Stack<string>([name]);
        while (todo.TryPop(out string? next))
        {
            if (!sources.TryAdd(next, File.ReadAllText(Path.Combine(folder, next)))) continue;
            foreach (Match import in Regex.Matches(sources[next], "from \"\\./(\\w+\\.sol)\";")) todo.Push(import.Groups[1].Value);
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string file, string text) in sources) hash.AppendData(Encoding.UTF8.GetBytes($"{file}\n{text}\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
