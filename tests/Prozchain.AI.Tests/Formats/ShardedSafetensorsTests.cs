using System.Text;
using Prozchain.AI.Formats;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Formats;

public sealed class ShardedSafetensorsTests : IDisposable
{
    private const string Good = """{"metadata":{"total_size":12.0,"other":[1]},"more":{},"weight_map":{"a":"2.safetensors","b":"1.safetensors","c":"2.safetensors"}}""";

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static byte[] Shard(params string[] names) => SafetensorsFile.Make(
        "{" + string.Join(',', names.Select((n, i) => $"\"{n}\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{4 * i},{4 * i + 4}]}}")) + "}", 4 * names.Length);

    private static ShardedSafetensorsOpening Open(string index, Dictionary<string, byte[]> shards, List<MemoryStream>? opened = null) =>
        Open(Encoding.UTF8.GetBytes(index), shards, opened);

    private static ShardedSafetensorsOpening Open(byte[] index, Dictionary<string, byte[]> shards, List<MemoryStream>? opened = null) =>
        ShardedSafetensorsReader.OpenAsync(new MemoryStream(index), (name, _) =>
        {
            if (!shards.TryGetValue(name, out byte[]? bytes)) return ValueTask.FromResult<Stream?>(null);
            var stream = new MemoryStream(bytes);
            opened?.Add(stream);
            return ValueTask.FromResult<Stream?>(stream);
        }).AsTask().GetAwaiter().GetResult();

    private static Dictionary<string, byte[]> Shards => new() { ["1.safetensors"] = Shard("b"), ["2.safetensors"] = Shard("a", "c") };

    [Fact]
    public async Task Open_Folder_ReadsAllShardsAsOneFile()
    {
        foreach ((string name, byte[] bytes) in Shards) await File.WriteAllBytesAsync(Path.Combine(_directory.Path, name), bytes);
        await File.WriteAllTextAsync(Path.Combine(_directory.Path, ShardedSafetensorsReader.IndexName), Good);
        using ShardedSafetensorsReader reader = (await ShardedSafetensorsReader.OpenAsync(_directory.Path)).Reader!;
        Assert.Equal(["b", "a", "c"], reader.Tensors.Select(t => t.Name));
        Assert.Equal(["1.safetensors", "2.safetensors"], reader.Shards.Select(s => s.Name));
        byte[] expected = [.. Shards["1.safetensors"], .. Shards["2.safetensors"]];
        Assert.Equal(expected.Length, reader.Length);
        for (int offset = 0; offset <= expected.Length; offset += 7)
        {
            var bytes = new byte[150];
            int read = await reader.ReadAsync(offset, bytes);
            Assert.Equal(Math.Min(150, expected.Length - offset), read);
            Assert.Equal(expected.AsSpan(offset, read), bytes.AsSpan(0, read));
        }
        var tensor = new byte[4];
        Assert.Equal(4, await reader.ReadTensorAsync(reader.Find("c")!, 0, tensor));
        Assert.Equal(Shards["2.safetensors"][^4..], tensor);
    }

    [Theory]
    [InlineData("""{"weight_map":{"a":"../2.safetensors"}}""", ShardedSafetensorsStatus.InvalidShardName, "../2.safetensors")]
    [InlineData("""{"weight_map":{"a":"/etc/passwd"}}""", ShardedSafetensorsStatus.InvalidShardName, "/etc/passwd")]
    [InlineData("""{"weight_map":{"a":".."}}""", ShardedSafetensorsStatus.InvalidShardName, "..")]
    [InlineData("""{"weight_map":{"a":"c:\\x"}}""", ShardedSafetensorsStatus.InvalidShardName, "c:\\x")]
    [InlineData("""{"weight_map":{"a":""}}""", ShardedSafetensorsStatus.InvalidShardName, "")]
    [InlineData("""{"weight_map":{"a":"x\u0000y"}}""", ShardedSafetensorsStatus.InvalidShardName, "x\0y")]
    [InlineData("""{"weight_map":{"b":"1.safetensors","z":"1.safetensors"}}""", ShardedSafetensorsStatus.MissingTensor, "z")]
    [InlineData("""{"weight_map":{"b":"1.safetensors","a":"2.safetensors"}}""", ShardedSafetensorsStatus.UnlistedTensor, "c")]
    [InlineData("""{"weight_map":{"a":"1.safetensors","b":"1.safetensors","c":"2.safetensors"}}""", ShardedSafetensorsStatus.UnlistedTensor, "a")]
    [InlineData("""{"weight_map":{"a":"3.safetensors"}}""", ShardedSafetensorsStatus.MissingShard, "3.safetensors")]
    [InlineData("""{"weight_map":{"a":"2.safetensors","a":"2.safetensors"}}""", ShardedSafetensorsStatus.DuplicateName, "a")]
    [InlineData("""{"weight_map":{"a":1}}""", ShardedSafetensorsStatus.UnexpectedValue, "a")]
    [InlineData("""{"weight_map":{},"weight_map":{}}""", ShardedSafetensorsStatus.DuplicateName, null)]
    [InlineData("""{"weight_map":[]}""", ShardedSafetensorsStatus.UnexpectedValue, null)]
    [InlineData("""{"metadata":{"total_size":1}}""", ShardedSafetensorsStatus.MissingWeightMap, null)]
    [InlineData("""{"metadata":{"total_size":5},"weight_map":{"b":"1.safetensors"}}""", ShardedSafetensorsStatus.TotalSizeMismatch, null)]
    [InlineData("""{"metadata":{"total_size":4.5},"weight_map":{"b":"1.safetensors"}}""", ShardedSafetensorsStatus.UnexpectedValue, null)]
    [InlineData("""{"weight_map":{"\ud800":"1.safetensors"}}""", ShardedSafetensorsStatus.InvalidText, null)]
    [InlineData("""{"weight_map":{}} x""", ShardedSafetensorsStatus.InvalidJson, null)]
    [InlineData("""{"weight_map":{""", ShardedSafetensorsStatus.InvalidJson, null)]
    [InlineData("""[]""", ShardedSafetensorsStatus.UnexpectedValue, null)]
    [InlineData("", ShardedSafetensorsStatus.InvalidJson, null)]
    public void Open_Fault_IsNamedAndNothingStaysOpen(string index, ShardedSafetensorsStatus status, string? subject)
    {
        List<MemoryStream> opened = [];
        ShardedSafetensorsOpening opening = Open(index, Shards, opened);
        Assert.Equal((status, subject, null), (opening.Status, opening.Subject, opening.Reader));
        Assert.All(opened, s => Assert.False(s.CanRead));
    }

    [Fact]
    public void Open_ShardNotWellFormed_SaysWhichAndWhy()
    {
        Dictionary<string, byte[]> shards = Shards;
        shards["2.safetensors"] = shards["2.safetensors"][..^1];
        List<MemoryStream> opened = [];
        ShardedSafetensorsOpening opening = Open(Good, shards, opened);
        Assert.Equal((ShardedSafetensorsStatus.InvalidShard, "2.safetensors", SafetensorsStatus.DataTruncated), (opening.Status, opening.Subject, opening.ShardStatus));
        Assert.Equal(2, opened.Count);
        Assert.All(opened, s => Assert.False(s.CanRead));
    }

    [Fact]
    public void Open_HostileIndex_NeverThrows()
    {
        int accepted = 0;
        HostileBytes.Feed([Encoding.UTF8.GetBytes(Good)], bytes =>
        {
            if (Open(bytes.ToArray(), Shards).Reader is { } reader) { accepted++; Assert.Equal(3, reader.Tensors.Count); }
        }, 10_000);
        Assert.InRange(accepted, 1, 5_000);
    }

    [Fact]
    public async Task Open_NoIndex_SaysSo() =>
        Assert.Equal(ShardedSafetensorsStatus.MissingIndex, (await ShardedSafetensorsReader.OpenAsync(_directory.Path)).Status);
}
