using System.Reflection;
using System.Text.Json;

namespace Prozchain.Rollups.Evm;

/// <summary>
/// The compiled form of one of the contracts in contracts/src, embedded in this library: nobody who uses it needs a
/// compiler. A test compares it with the sources.
/// </summary>
internal sealed class ContractCode
{
    private readonly byte[] _bytecode;
    private readonly AbiType _constructor;

    private ContractCode(JsonElement json)
    {
        Name = json.GetProperty("name").GetString()!;
        SourceHash = json.GetProperty("sourceHash").GetString()!;
        DeployedSize = json.GetProperty("deployedSize").GetInt32();
        _bytecode = Convert.FromHexString(json.GetProperty("bytecode").GetString()!);
        Abi = json.GetProperty("abi").Clone();
        _constructor = AbiType.Parse(Abi.EnumerateArray().Where(item => item.GetProperty("type").GetString() == "constructor")
            .Select(item => Types(item.GetProperty("inputs"))).FirstOrDefault("()"));
    }

    public string Name { get; }

    /// <summary>SHA-256 over the sources it was compiled from, as contracts/compile.mjs says.</summary>
    public string SourceHash { get; }

    /// <summary>Bytes of the deployed code; EIP-170 allows 24,576.</summary>
    public int DeployedSize { get; }

    /// <summary>The contract's JSON ABI.</summary>
    public JsonElement Abi { get; }

    /// <summary>Loads a contract by its name.</summary>
    /// <exception cref="ArgumentException">There is no such contract.</exception>
    public static ContractCode Load(string name) => Load(name, typeof(ContractCode).Assembly);

    /// <summary>Loads a contract that another assembly embeds.</summary>
    /// <exception cref="ArgumentException">There is no such contract.</exception>
    public static ContractCode Load(string name, Assembly from)
    {
        using Stream stream = from.GetManifestResourceStream($"contracts.{name}.json")
            ?? throw new ArgumentException($"Expected the name of a contract of this library, got '{name}'.", nameof(name));
        using JsonDocument document = JsonDocument.Parse(stream);
        return new ContractCode(document.RootElement);
    }

    /// <summary>The data of the transaction that creates the contract.</summary>
    /// <exception cref="ArgumentException">The arguments do not fit the constructor.</exception>
    public byte[] Create(params ReadOnlySpan<AbiValue> arguments) => [.. _bytecode, .. AbiCodec.Encode(_constructor, arguments)];

    /// <summary>Signatures of the functions, events or errors in the ABI, events with their indexed members marked.</summary>
    public IEnumerable<string> Signatures(string type) =>
        Abi.EnumerateArray().Where(item => item.GetProperty("type").GetString() == type).Select(item => item.GetProperty("name").GetString() + Types(item.GetProperty("inputs")));

    private static string Types(JsonElement inputs) =>
        $"({string.Join(',', inputs.EnumerateArray().Select(input => Type(input) + (input.TryGetProperty("indexed", out JsonElement indexed) && indexed.GetBoolean() ? " indexed" : "")))})";

    private static string Type(JsonElement input)
    {
        string name = input.GetProperty("type").GetString()!;
        return name.StartsWith("tuple", StringComparison.Ordinal) ? Types(input.GetProperty("components")) + name["tuple".Length..] : name;
    }
}
