using System.Text.Json;
using System.Text.Json.Serialization;

namespace Prozchain.Devnet.Reporting;

/// <summary>Summaries as they stand in the report: a member for each property, its name in camel case, numbers to four places, null left out.</summary>
internal static class JsonRows
{
    private static readonly JsonSerializerOptions s_options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new FourPlaces() },
    };

    public static void Write<T>(Utf8JsonWriter json, string name, T value)
    {
        json.WritePropertyName(name);
        JsonSerializer.Serialize(json, value, s_options);
    }

    private sealed class FourPlaces : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options) => writer.WriteNumberValue(Math.Round(value, 4));
    }
}
