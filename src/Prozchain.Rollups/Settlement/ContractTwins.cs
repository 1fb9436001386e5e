using System.Text;
using Prozchain.Rollups.Evm;

namespace Prozchain.Rollups.Settlement;

/// <summary>What creates the contracts of an in-process chain: a name in 32 bytes, then the constructor's arguments as for Solidity.</summary>
internal static class ContractTwins
{
    private const int NameSize = 32;

    private static readonly Dictionary<string, (AbiType Arguments, Func<AbiValue, InProcessContract?> Make)> s_twins = new(StringComparer.Ordinal)
    {
        ["Inbox"] = (AbiType.Parse("(address,address[],uint256)"), InboxTwin.Create),
        ["Bridge"] = (AbiType.Parse("(address,address,address,address,uint64,uint64,uint64,uint16,address)"), BridgeTwin.Create),
        ["MessageRoot"] = (AbiType.Parse("(address,address,address,uint64,address)"), MessageRootTwin.Create),
        ["EscapeHatch"] = (AbiType.Parse("(address,address,address,uint64,(uint64,uint64,uint64,uint64,uint64,uint64,uint64,uint64),(address,address))"), EscapeHatchTwin.Create),
        ["DataChallenge"] = (AbiType.Parse("(address,uint64,uint64,uint128)"), DataChallengeTwin.Create),
        ["Guardian"] = (AbiType.Parse("(address,address[],uint64)"), GuardianTwin.Create),
        ["StakeRegistry"] = (AbiType.Parse("(address[],uint64,uint128)"), StakeRegistryTwin.Create),
        ["BondVault"] = (AbiType.Parse("(address[],address,uint64)"), BondVaultTwin.Create),
        ["StateChain"] = (AbiType.Parse("(address,address,address,address,address,uint64,uint64,uint64,uint128,uint8,bytes32,uint64)"), StateChainTwin.Create),
        ["ProvenChain"] = (AbiType.Parse("(address,address[],uint256,address,uint64,bytes32)"), ProvenChainTwin.Create),
        ["Tournament"] = (AbiType.Parse($"(address,address,address,uint8,{TournamentContract.Rules})"), TournamentTwin.Create),
        ["ProofRegistry"] = (AbiType.Parse("(address,address[],bool[],uint8)"), ProofRegistryTwin.Create),
        ["FinalityPolicy"] = (AbiType.Parse("(address,(uint8,uint32,uint128,uint8)[])"), FinalityPolicyTwin.Create),
        ["StepVerifier"] = (AbiType.Parse("((uint64,uint8,bytes32,uint64,uint64,uint64,uint64,address))"), StepVerifierTwin.Create),
        ["StepJudge"] = (AbiType.Parse("(address,address,address)"), StepJudgeTwin.Create),
        ["Ed25519"] = (AbiType.Parse("()"), _ => new Ed25519Twin()),
    };

    /// <summary>The input that creates a contract.</summary>
    /// <exception cref="ArgumentException">There is no such contract, or the arguments do not fit.</exception>
    public static byte[] Creation(string name, params ReadOnlySpan<AbiValue> arguments) => Creation(s_twins, name, arguments);

    /// <summary>Creates a contract; null if the input does not.</summary>
    public static InProcessContract? Create(ReadOnlyMemory<byte> input) => Create(s_twins, input);

    /// <summary>The input that creates a contract of another table.</summary>
    /// <exception cref="ArgumentException">There is no such contract, or the arguments do not fit.</exception>
    public static byte[] Creation(Dictionary<string, (AbiType Arguments, Func<AbiValue, InProcessContract?> Make)> twins, string name, params ReadOnlySpan<AbiValue> arguments)
    {
        if (!twins.TryGetValue(name, out (AbiType Arguments, Func<AbiValue, InProcessContract?> Make) twin)) throw new ArgumentException($"Expected one of {string.Join(", ", twins.Keys)}, got {name}.", nameof(name));
        var input = new byte[NameSize];
        Encoding.ASCII.GetBytes(name, input);
        return [.. input, .. AbiCodec.Encode(twin.Arguments, arguments)];
    }

    /// <summary>Creates a contract of another table; null if the input does not.</summary>
    public static InProcessContract? Create(Dictionary<string, (AbiType Arguments, Func<AbiValue, InProcessContract?> Make)> twins, ReadOnlyMemory<byte> input)
    {
        if (input.Length < NameSize) return null;
        string name = Encoding.ASCII.GetString(input.Span[..NameSize]).TrimEnd('\0');
        if (!twins.TryGetValue(name, out (AbiType Arguments, Func<AbiValue, InProcessContract?> Make) twin)) return null;
        return AbiCodec.TryDecode(twin.Arguments, input[NameSize..], out AbiValue arguments) == AbiReadResult.Ok ? twin.Make(arguments) : null;
    }
}
