using Prozchain.AI.Formats;
using Prozchain.AI.Tests.Onnx;

namespace Prozchain.AI.Tests.Formats;

public sealed class ModelFilesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Open_ByPath_KnowsTheFormatAndClosesTheFile()
    {
        await OpensAsync("m.safetensors", SafetensorsFile.Tensors(2, 3), ModelFormat.Safetensors, 2);
        await OpensAsync("misnamed.txt", new GgufFile().Tensor("a", 0, [1], new byte[4]).Make(), ModelFormat.Gguf, 1);
        await OpensAsync("any.bin", [1, 2, 3], ModelFormat.Opaque, 0);
        await OpensAsync("empty", [], ModelFormat.Opaque, 0);
        await Assert.ThrowsAnyAsync<IOException>(async () => await ModelFiles.OpenAsync(Path.Combine(_directory.Path, "absent")));
    }

    [Fact]
    public async Task Open_FolderWithIndex_IsOneModel()
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "s"), SafetensorsFile.Tensors(1, 1));
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, "model.safetensors.index.json"), """{"weight_map":{"layer.0":"s"}}""");
        foreach (string path in new[] { _directory.Path, Path.Combine(_directory.Path, "model.safetensors.index.json") })
        {
            ModelOpening opening = await ModelFiles.OpenAsync(path);
            using IModelReader reader = opening.Reader!;
            Assert.Equal((ModelFormat.ShardedSafetensors, 1), (reader.Format, reader.Tensors.Count));
        }
        await File.WriteAllBytesAsync(Path.Combine(_directory.Path, "s"), [1]);
        ModelOpening fault = await ModelFiles.OpenAsync(_directory.Path);
        Assert.Equal(("InvalidShard: TooShort", "s", null), (fault.Fault, fault.Subject, fault.Reader));
    }

    [Fact]
    public async Task Open_BrokenFile_IsRefusedAsWhatItSaysItIs()
    {
        byte[] gguf = new GgufFile().Tensor("a", 0, [1], []).Make();
        ModelOpening opening = await ModelFiles.OpenAsync(new MemoryStream(gguf));
        Assert.Equal((ModelFormat.Gguf, "DataTruncated", null), (opening.Format, opening.Fault, opening.Reader));
        opening = await ModelFiles.OpenAsync(new MemoryStream(SafetensorsFile.Make("""{"a":1}""", 0)));
        Assert.Equal((ModelFormat.Safetensors, "UnexpectedValue", null), (opening.Format, opening.Fault, opening.Reader));
        Assert.InRange(opening.ErrorOffset, 9, 15);
    }

    [Fact]
    public async Task Sniff_EveryOnnxModelOfTheVectors_IsFoundAndOpened()
    {
        int models = 0;
        foreach (OnnxCase model in OnnxCase.All("pytorch-converted").Concat(OnnxCase.All("node-tests")))
        {
            ModelOpening opening = await ModelFiles.OpenAsync(new MemoryStream(model.Model));
            Assert.True((opening.Format, opening.Fault) == (ModelFormat.Onnx, null), $"{model.Name}: {opening.Format}, {opening.Fault}.");
            models++;
        }
        Assert.InRange(models, 200, 10_000);
        Assert.Equal(ModelFormat.Opaque, ModelFiles.Sniff([0x08, 0x07]));
        Assert.Equal(ModelFormat.Opaque, ModelFiles.Sniff([0x08, 0x07, 0x00]));
        string path = Path.Combine(_directory.Path, "x.onnx");
        await File.WriteAllBytesAsync(path, [0xFF, 0xFF]);
        ModelOpening broken = await ModelFiles.OpenAsync(path);
        Assert.Equal((ModelFormat.Onnx, null), (broken.Format, broken.Reader));
        Assert.NotNull(broken.Fault);
    }

    private async Task OpensAsync(string name, byte[] content, ModelFormat format, int tensors)
    {
        string path = Path.Combine(_directory.Path, name);
        await File.WriteAllBytesAsync(path, content);
        ModelOpening opening = await ModelFiles.OpenAsync(path);
        Assert.Null(opening.Fault);
        using (IModelReader reader = opening.Reader!)
        {
            Assert.Equal((format, (long)content.Length, tensors), (reader.Format, reader.Length, reader.Tensors.Count));
            var bytes = new byte[content.Length + 1];
            Assert.Equal(content.Length, await reader.ReadAsync(0, bytes));
            Assert.Equal(content, bytes[..content.Length]);
        }
        if (content.Length > 0) await Assert.ThrowsAsync<ObjectDisposedException>(async () => await opening.Reader!.ReadAsync(0, new byte[1]));
    }
}
