using System.Text.Json;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public class SafetensorsVectorTests
{
    [Fact]
    public async Task Open_EveryVector_AcceptedOrRefusedAsStated()
    {
        string path = TestVectors.Require("safetensors/cases.json");
        using JsonDocument cases = JsonDocument.Parse(await File.ReadAllBytesAsync(path));
        int seen = 0;
        foreach (JsonElement item in cases.RootElement.EnumerateArray())
        {
            string name = item.GetProperty("name").GetString()!;
            byte[] file = Convert.FromHexString(item.GetProperty("hex").GetString()!);
            bool accept = item.GetProperty("accept").GetBoolean();
            SafetensorsStatus status = SafetensorsHeader.TryRead(file, out SafetensorsHeader? header);
            SafetensorsOpening opening = await SafetensorsReader.OpenAsync(new MemoryStream(file));
            Assert.True(accept == (status == SafetensorsStatus.Ok), $"{name}: expected accept = {accept}, got {status}.");
            Assert.Equal(status, opening.Status);
            Assert.Equal(accept, header is not null);
            if (accept) await SameTensorsAsync(name, item.GetProperty("tensors"), opening.Reader!);
            seen++;
        }
        Assert.True(seen >= 33, $"Expected at least 33 cases, got {seen}.");
    }

    private static async Task SameTensorsAsync(string name, JsonElement expected, SafetensorsReader reader)
    {
        Assert.Equal(expected.GetArrayLength(), reader.Tensors.Count);
        foreach (JsonElement tensor in expected.EnumerateArray())
        {
            TensorInfo? info = reader.Find(tensor.GetProperty("name").GetString()!);
            Assert.True(info is not null, $"{name}: tensor not found.");
            Assert.Equal(tensor.GetProperty("dtype").GetString(), info.Type.ToString());
            Assert.Equal(tensor.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()), info.Shape);
            var bytes = new byte[info.Length];
            Assert.Equal(bytes.Length, await reader.ReadTensorAsync(info, 0, bytes));
            Assert.Equal(tensor.GetProperty("hex").GetString(), Convert.ToHexStringLower(bytes));
        }
    }
}
