using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prozchain.Benchmarks.Quick;

/// <summary>What the JSON file holds.</summary>
internal sealed record QuickReport(Machine Machine, IReadOnlyList<QuickResult> Rows)
{
    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, QuickJson.Default.QuickReport) + "\n");
}

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(QuickReport))]
internal sealed partial class QuickJson : JsonSerializerContext;
