using Prozchain.AI.Formats;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>What a vault makes of the files it is given, by whatever way they come.</summary>
public class StoreInputTests
{
    [Fact]
    public async Task Store_SafetensorsThatCannotSeek_IsCutAtItsTensors()
    {
        byte[] file = SafetensorsFile.Distinct(6, 500, 1);
        ModelManifest seekable = await new SmallVault().StoreAsync(file), stream = await StoreAsync(file);
        Assert.Equal(SmallVault.Encode(seekable), SmallVault.Encode(stream));
        using SafetensorsReader reader = (await SafetensorsReader.OpenAsync(new MemoryStream(file))).Reader!;
        ModelManifest opened = await new SmallVault().Vault.StoreAsync(reader, "model");
        Assert.Equal(SmallVault.Encode(seekable), SmallVault.Encode(opened));
        Assert.All(seekable.Tensors, t => Assert.Contains(seekable.Content.Parts, p => p.Offset == t.Offset && p.Length == t.Length));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-3000)]
    [InlineData(1)]
    [InlineData(3000)]
    public async Task Store_StreamOfAnotherLengthThanItsHeaderSays_IsOpaqueAndWhole(int difference)
    {
        byte[] file = SafetensorsFile.Distinct(6, 500, 1);
        byte[] other = difference < 0 ? file[..^-difference] : [.. file, .. GeneratedStream.Bytes(difference, 4)];
        var vault = new SmallVault();
        ModelManifest manifest = await StoreAsync(other, vault);
        Assert.Equal((ModelFormat.Opaque, 0, other.Length), (manifest.Format, manifest.Tensors.Count, manifest.Geometry.RawSize));
        Assert.Equal(other, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Store_StreamWhoseHeaderSaysMoreThanAnyFileHas_IsOpaqueAndWhole()
    {
        // Four tensors of the most bytes that one may have: their end, with the header before it, does not fit 63 bits.
        const long Most = long.MaxValue / 4;
        string tensors = string.Join(',', Enumerable.Range(0, 4).Select(i => $"\"{i}\":{{\"dtype\":\"U8\",\"shape\":[{Most}],\"data_offsets\":[{i * Most},{(i + 1) * Most}]}}"));
        byte[] header = System.Text.Encoding.UTF8.GetBytes($"{{{tensors}}}");
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header, .. GeneratedStream.Bytes(900, 2)];
        var vault = new SmallVault();
        ModelManifest manifest = await StoreAsync(file, vault);
        Assert.Equal((ModelFormat.Opaque, 0, file.Length), (manifest.Format, manifest.Tensors.Count, manifest.Geometry.RawSize));
        Assert.Equal(file, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Store_GgufOfATypeThatNobodyKnows_IsOpaqueAndWhole()
    {
        byte[] file = GgufFile.Aligned(32).Tensor("known", 0, [300], new byte[1200]).Tensor("t", 99, [1500], GeneratedStream.Bytes(1500, 7)).Make();
        Assert.Equal("UnknownType", (await ModelFiles.OpenAsync(new MemoryStream(file))).Fault);
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(file);
        Assert.Equal((ModelFormat.Opaque, 0), (manifest.Format, manifest.Tensors.Count));
        Assert.Equal(file, (await vault.ReadAsync(manifest)).File);
        // One that is known but not offered as floats is a tensor, of which every byte comes back.
        byte[] quantised = GgufFile.Aligned(32).Tensor("q", 12, [256, 8], GeneratedStream.Bytes(8 * 144, 8)).Make();
        manifest = await vault.StoreAsync(quantised, "quantised");
        Assert.Equal((ModelFormat.Gguf, TensorType.Q4_K), (manifest.Format, manifest.Tensors[0].Type));
        Assert.Equal(quantised, (await vault.ReadAsync(manifest)).File);
    }

    [Fact]
    public async Task Store_TensorsInABundle_AreReadAndKnownByTheirIds()
    {
        var vault = new SmallVault();
        TensorInfo[] tensors = [new("a", TensorType.U8, [5], 20, 5), new("b", TensorType.U8, [0], 25, 0), new("c", TensorType.I16, [300], 40, 600), new("d", TensorType.U8, [3], 640, 3)];
        byte[] file = GeneratedStream.Bytes(700, 9);
        ModelManifest manifest = await vault.Vault.StoreAsync(new ListedReader(file, tensors), "listed");
        Assert.Equal((ModelFormat.Gguf, 4), (manifest.Format, manifest.Tensors.Count));
        ModelManifest.TryRead(SmallVault.Encode(manifest), out ModelManifest? read);
        using IModelReader reader = await vault.Vault.OpenAsync(read!);
        for (int i = 0; i < tensors.Length; i++)
        {
            TensorInfo tensor = reader.Find(tensors[i].Name)!;
            Assert.Equal((tensors[i].Offset, tensors[i].Length), (tensor.Offset, tensor.Length));
            var bytes = new byte[tensor.Length];
            await reader.ReadTensorAsync(tensor, 0, bytes);
            Assert.Equal(file[(int)tensor.Offset..][..bytes.Length], bytes);
            Assert.True(read!.VerifyTensor(i, bytes));
        }
        await Assert.ThrowsAsync<ArgumentException>(async () => await vault.Vault.StoreAsync(new ListedReader(file, [tensors[2], tensors[0]]), "unordered"));
    }

    [Fact]
    public async Task ReadRange_AnyRange_WritesJustThat()
    {
        var vault = new SmallVault();
        byte[] file = SafetensorsFile.Distinct(4, 400, 1);
        ModelManifest manifest = await vault.StoreAsync(file);
        await vault.LoseAsync(manifest, 2, 1);
        var random = new Random(3);
        for (int i = 0; i < 100; i++)
        {
            int offset = random.Next(file.Length + 1), length = random.Next(file.Length - offset + 1);
            var output = new MemoryStream();
            VaultReport report = await vault.Vault.ReadRangeAsync(manifest, offset, length, output);
            Assert.Equal((true, length), (report.IsComplete, report.BytesVerified));
            Assert.Equal(file[offset..][..length], output.ToArray());
        }
        await Assert.ThrowsAsync<ArgumentException>(async () => await vault.Vault.ReadRangeAsync(manifest, 1, file.Length, new MemoryStream()));
    }

    private static async Task<ModelManifest> StoreAsync(byte[] file, SmallVault? vault = null)
    {
        using var source = new OneWayStream(file);
        return await (vault ?? new SmallVault()).Vault.StoreAsync(source, "model");
    }

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    private sealed class ListedReader(byte[] bytes, TensorInfo[] tensors) : IModelReader
    {
        public ModelFormat Format => ModelFormat.Gguf;
        public long Length => bytes.Length;
        public IReadOnlyList<TensorInfo> Tensors => tensors;
        public TensorInfo? Find(string name) => Tensors.FirstOrDefault(t => t.Name == name);
        public void Dispose() { }

        public ValueTask<int> ReadAsync(long offset, Memory<byte> destination, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(destination.Length, bytes.Length - offset);
            bytes.AsMemory((int)offset, count).CopyTo(destination);
            return ValueTask.FromResult(count);
        }
    }
}
