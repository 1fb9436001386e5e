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
        Assert.Equal(("имя", ModelFormat.Safetensors, 6, 5), (read!.Name, read.Format, read.StoreCount, read.Tensors.Count));
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
        Assert.Equal(VaultFormatStatus.UnsupportedVersion, Read(bytes, 0, 1));
        Assert.Equal(VaultFormatStatus.UnknownFormat, Read(bytes, 1, 2));
        Assert.Equal(VaultFormatStatus.InvalidName, Read(bytes, 3, 0xFF));
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 8, 0));   // no data pieces
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 9, 0));   // no parity pieces
        Assert.Equal(VaultFormatStatus.InvalidGeometry, Read(bytes, 10, 0));  // no stores
        Assert.Equal(VaultFormatStatus.RootMismatch, Read(bytes, 4, 0xE9));   // raw size 1001
        Assert.Equal(VaultFormatStatus.RootMismatch, Read(bytes, 43, (byte)~bytes[43]));
        Assert.Equal(VaultFormatStatus.RootMismatch, Read(bytes, bytes.Length - 1, (byte)~bytes[^1]));
    }

    [Fact]
    public async Task Read_DigestThatIsNotTheFiles_SaysMismatch()
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(1000, 21);
        byte[] bytes = SmallVault.Encode(await vault.StoreAsync(file, "n"));
        bytes[11] ^= 1;
        Assert.Equal(VaultFormatStatus.Ok, ModelManifest.TryRead(bytes, out ModelManifest? forged));
        Assert.Equal(VaultStatus.DigestMismatch, (await vault.ReadAsync(forged!)).Report.Status);
    }

    [Fact]
    public async Task TryRead_DeclaredMillionStripes_TakesNoMemoryForThem()
    {
        byte[] bytes = SmallVault.Encode(await new SmallVault().StoreAsync([1], "n"));
        byte[] hostile = [0, 0, 1, (byte)'n', 0xFF, 0xFF, 0xFF, 0xFF, 0x01, .. bytes[5..]];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(VaultFormatStatus.Malformed, ModelManifest.TryRead(hostile, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
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
        SmallVault.Encode(await new SmallVault().StoreAsync(SafetensorsFile.Make(
            """{"z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"I64","shape":[3,0],"data_offsets":[0,0]}}""", 4), "пусто")),
    ];
}
