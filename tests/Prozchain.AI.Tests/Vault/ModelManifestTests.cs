using Prozchain.AI.Formats;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

public class ModelManifestTests
{
    [Fact]
    public async Task TryRead_ItsOwnEncoding_RoundTrips()
    {
        foreach (byte[] bytes in await SeedsAsync())
        {
            Assert.Equal(VaultFormatStatus.Ok, ModelManifest.TryRead(bytes, out ModelManifest? manifest));
            Assert.Equal(bytes, SmallVault.Encode(manifest!));
        }
    }

    [Fact]
    public async Task TryRead_ManifestFromTheWire_ReadsTheModel()
    {
        var vault = new SmallVault();
        byte[] file = SafetensorsFile.Tensors(5, 100);
        ModelManifest stored = await vault.StoreAsync(file, "имя");
        ModelManifest.TryRead(SmallVault.Encode(stored), out ModelManifest? read);
        Assert.Equal(("имя", ModelFormat.Safetensors, 6, 5), (read!.Name, read.Format, read.Table.Capacities.Length, read.Tensors.Count));
        Assert.Equal(stored.Id.ToArray(), read.Id.ToArray());
        Assert.Equal(file, (await vault.ReadAsync(read)).File);
    }

    [Fact]
    public async Task Encoding_SeededCases_IsFrozen() => Fixtures.AssertFrozen(Fixtures.Manifests, await SeedsAsync());

    [Fact]
    public async Task TryRead_EveryPrefixAndOneByteMore_Refused()
    {
        foreach (byte[] bytes in await SeedsAsync())
        {
            for (int length = 0; length < bytes.Length; length++) Assert.NotEqual(VaultFormatStatus.Ok, ModelManifest.TryRead(bytes.AsSpan(0, length), out _));
            Assert.Equal(VaultFormatStatus.TrailingBytes, ModelManifest.TryRead([.. bytes, 0], out _));
        }
    }

    [Fact]
    public async Task TryRead_ChangedFields_SaysWhich()
    {
        byte[] bytes = SmallVault.Encode(await new SmallVault().StoreAsync(GeneratedStream.Bytes(1000, 21), "n"));
        Assert.Equal(VaultFormatStatus.UnsupportedVersion, Read(bytes, 0, 0));
        Assert.Equal(VaultFormatStatus.UnknownFormat, Read(bytes, 1, 200));
        Assert.Equal(VaultFormatStatus.InvalidName, Read(bytes, 3, 0xFF));
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 6, 0));   // no data pieces
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 7, 0));   // no parity pieces
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 8, 3));   // fewer kept than data pieces
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 8, 7));   // more kept than pieces
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 10, 0));  // no shards
        Assert.Equal(VaultFormatStatus.RootMismatch, Read(bytes, 9, 1));      // another epoch
        Assert.Equal(VaultFormatStatus.RootMismatch, Read(bytes, 17, (byte)~bytes[17]));
        Assert.Equal(VaultFormatStatus.RootMismatch, Read(bytes, bytes.Length - 2, (byte)~bytes[^2]));
        int codec = 17 + 64 + 1 + 2;
        Assert.Equal(VaultFormatStatus.UnknownCodec, Read(bytes, codec, 99));
        Assert.Equal(VaultFormatStatus.UnknownCodec, Read(bytes, codec, 0x83));
        Assert.Equal(VaultFormatStatus.InvalidTensor, Read(bytes, codec + 1, 255));
    }

    [Fact]
    public async Task TryRead_DeclaredMillionStripes_TakesNoMemoryForThem()
    {
        byte[] bytes = SmallVault.Encode(await new SmallVault().StoreAsync([1], "n"));
        foreach (byte[] parts in new byte[][] { [0xFF, 0xFF, 0x3F, 1], [1, 0xFF, 0xFF, 0xFF, 0x7F, 0] })
        {
            byte[] hostile = [.. bytes[..81], .. parts, .. bytes[83..]];
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.NotEqual(VaultFormatStatus.Ok, ModelManifest.TryRead(hostile, out _));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4000);
        }
    }

    [Fact]
    public async Task TensorId_TensorsOfTwoModels_IsTheSameForTheSameTensor()
    {
        byte[] file = SafetensorsFile.Tensors(3, 300), small = SafetensorsFile.Tensors(3, 2);
        ModelManifest one = await new SmallVault().StoreAsync(file, "one"), other = await new SmallVault().StoreAsync(file, "other");
        ModelManifest bundled = await new SmallVault().StoreAsync(small, "small");
        foreach ((ModelManifest manifest, byte[] bytes) in new[] { (one, file), (bundled, small) })
            for (int i = 0; i < 3; i++)
            {
                TensorInfo tensor = manifest.Tensors[i];
                byte[] content = bytes[(int)tensor.Offset..][..(int)tensor.Length];
                Assert.True(manifest.VerifyTensor(i, content));
                content[^1] ^= 1;
                Assert.False(manifest.VerifyTensor(i, content));
                Assert.False(manifest.VerifyTensor(i, content.AsSpan(1)));
            }
        Assert.Equal(one.TensorId(1).ToArray(), other.TensorId(1).ToArray());
        Assert.Equal(6, Enumerable.Range(0, 3).SelectMany(i => new[] { one.TensorId(i), bundled.TensorId(i) }).Select(id => Convert.ToHexString(id.Span)).Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => one.TensorId(3));
    }

    [Fact]
    public async Task TryRead_HostileBytes_NeverThrowsAndStaysCanonical()
    {
        byte[][] seeds = await SeedsAsync();
        HostileBytes.Feed(seeds, bytes =>
        {
            if (ModelManifest.TryRead(bytes, out ModelManifest? manifest) != VaultFormatStatus.Ok) return;
            Assert.True(bytes.SequenceEqual(SmallVault.Encode(manifest!)), "A second encoding of one manifest was accepted.");
        });
    }

    private static VaultFormatStatus Read(byte[] valid, int at, byte value)
    {
        byte[] bytes = [.. valid];
        bytes[at] = value;
        return ModelManifest.TryRead(bytes, out _);
    }

    private static async Task<byte[][]> SeedsAsync() =>
    [
        SmallVault.Encode(await new SmallVault().StoreAsync([], "empty")),
        SmallVault.Encode(await new SmallVault().StoreAsync(GeneratedStream.Bytes(1300, 20), "opaque")),
        SmallVault.Encode(await new SmallVault(3).StoreAsync(SafetensorsFile.Tensors(3, 10), "tensors")),
        SmallVault.Encode(await new SmallVault(3).StoreAsync(SafetensorsFile.Make("""{"t":{"dtype":"BF16","shape":[600],"data_offsets":[0,1200]}}""", 1200), "coded")),
        SmallVault.Encode(await new SmallVault().StoreAsync(SafetensorsFile.Make(
            """{"z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"I64","shape":[3,0],"data_offsets":[0,0]}}""", 4), "пусто")),
    ];
}
