using System.Text.Json;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class GgufVectorTests
{
    [Fact]
    public async Task Open_EveryVector_AcceptedOrRefusedAsStated()
    {
        using JsonDocument cases = JsonDocument.Parse(await File.ReadAllBytesAsync(TestVectors.Require("gguf/cases.json")));
        int seen = 0;
        foreach (JsonElement item in cases.RootElement.EnumerateArray())
        {
            string name = item.GetProperty("name").GetString()!;
            byte[] file = Convert.FromHexString(item.GetProperty("hex").GetString()!);
            bool accept = item.GetProperty("accept").GetBoolean();
            GgufOpening opening = await GgufReader.OpenAsync(new MemoryStream(file));
            Assert.True(accept == (opening.Status == GgufStatus.Ok), $"{name}: expected accept = {accept}, got {opening.Status} at {opening.ErrorOffset}.");
            Assert.Equal(accept, opening.Reader is not null);
            Assert.InRange(opening.ErrorOffset, 0, file.Length);
            if (accept && item.TryGetProperty("tensors", out JsonElement tensors)) await SameTensorsAsync(name, tensors, opening.Reader!);
            seen++;
        }
        Assert.True(seen >= 32, $"Expected at least 32 cases, got {seen}.");
    }

    private static async Task SameTensorsAsync(string name, JsonElement expected, GgufReader reader)
    {
        Assert.Equal(expected.GetArrayLength(), reader.Tensors.Count);
        foreach (JsonElement tensor in expected.EnumerateArray())
        {
            TensorInfo? info = reader.Find(tensor.GetProperty("name").GetString()!);
            Assert.True(info is not null, $"{name}: tensor not found.");
            Assert.Equal(tensor.GetProperty("type").GetString(), info.Type.ToString());
            Assert.Equal(tensor.GetProperty("dims").EnumerateArray().Select(d => d.GetInt64()).Reverse(), info.Shape);
            float[] values = [.. tensor.GetProperty("f32").EnumerateArray().Select(v => v.GetSingle())];
            Assert.Equal(values.Length, info.Elements);
            var got = new float[values.Length];
            Assert.Equal(values.Length, await reader.ReadFloatsAsync(info, 0, got));
            Assert.Equal(values, got);
        }
    }
}
