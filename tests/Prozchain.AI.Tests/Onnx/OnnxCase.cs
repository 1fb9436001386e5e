using System.IO.Compression;
using Prozchain.AI.Formats;
using Prozchain.AI.Onnx;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Onnx;

/// <summary>One case of the ONNX project's backend tests: a model, the tensors it is given and those it must make.</summary>
internal sealed record OnnxCase(string Name, byte[] Model, byte[]?[] Inputs, byte[][] Outputs)
{
    public static List<OnnxCase> All(string archive)
    {
        using ZipArchive zip = ZipFile.OpenRead(TestVectors.Require($"onnx/{archive}.zip"));
        var files = zip.Entries.Where(e => e.Length > 0 || e.Name.Length > 0).ToDictionary(e => e.FullName, Read);
        return [.. files.Keys.Where(f => f.EndsWith("/model.onnx", StringComparison.Ordinal)).Order(StringComparer.Ordinal).Select(f =>
        {
            string folder = f[..^"model.onnx".Length], name = folder.TrimEnd('/');
            return new OnnxCase(name[(name.LastIndexOf('/') + 1)..], files[f], Numbered(files, $"{folder}test_data_set_0/input_"), [.. Numbered(files, $"{folder}test_data_set_0/output_")!]);
        })];
    }

    public static Dictionary<string, byte[]> Files(string archive)
    {
        using ZipArchive zip = ZipFile.OpenRead(TestVectors.Require($"onnx/{archive}.zip"));
        return zip.Entries.Where(e => e.Name.Length > 0).ToDictionary(e => e.Name, Read);
    }

    public static OnnxModel Open(byte[] bytes)
    {
        OnnxModelReading reading = OnnxModel.ReadAsync(new MemoryStream(bytes)).AsTask().GetAwaiter().GetResult();
        Assert.True(reading.Status == OnnxStatus.Ok, $"Expected a model, got {reading.Status} at {reading.ErrorOffset}.");
        return reading.Model!;
    }

    public static OnnxTensor Tensor(byte[] bytes)
    {
        OnnxStatus status = OnnxTensorProto.TryRead(bytes, out OnnxTensor? tensor, out long at);
        Assert.True(status == OnnxStatus.Ok, $"Expected a tensor, got {status} at {at}.");
        return tensor!;
    }

    /// <summary>The inputs by the model's names, in its order.</summary>
    public Dictionary<string, OnnxTensor> Given(OnnxModel model) =>
        model.Inputs.Zip(Inputs).Where(pair => pair.Second is not null).ToDictionary(pair => pair.First.Name, pair => Tensor(pair.Second!));

    private static byte[][] Numbered(Dictionary<string, byte[]> files, string prefix)
    {
        int count = files.Keys.Where(f => f.StartsWith(prefix, StringComparison.Ordinal)).Select(f => int.Parse(f[prefix.Length..^".pb".Length], null) + 1).DefaultIfEmpty(0).Max();
        return [.. Enumerable.Range(0, count).Select(i => files.GetValueOrDefault($"{prefix}{i}.pb")!)];
    }

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
