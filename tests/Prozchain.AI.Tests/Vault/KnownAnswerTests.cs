using System.Security.Cryptography;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>
/// One stored file, byte for byte, as an implementation of docs/formats written apart from this one, in another language,
/// gives it: BLAKE3, the field, the code, the trees, the placement, the pieces and the manifest.
/// </summary>
public class KnownAnswerTests
{
    [Fact]
    public async Task Store_ElevenHundredBytes_EqualsTheIndependentImplementation()
    {
        var vault = new SmallVault();
        byte[] file = [.. Enumerable.Range(0, 1100).Select(i => (byte)(i * 31 + 7))];
        ModelManifest manifest = await vault.StoreAsync(file, "known");
        Assert.Equal("5359c7ab849eb8cafd7f3387048fbfb4b6dd31ba9330da739121670169abd6d7", Sha256(SmallVault.Encode(manifest)));
        Assert.Equal("31dcf1d9cd2d65f81b31da5af7fc36b84ca3fce070ac9d4a9964bbc304e2092d", Convert.ToHexStringLower(manifest.Id.Span));
        var pieces = new MemoryStream();
        for (int stripe = 0; stripe < 3; stripe++)
            for (int piece = 0; piece < 6; piece++)
                await vault.AlterAsync(manifest, stripe, piece, frame => { pieces.Write(frame); return frame; });
        Assert.Equal("967b33ec6e3879318a331b4aa892040cfd78d2730548c01808b8f2c4b6795c32", Sha256(pieces.ToArray()));
    }

    [Fact]
    public void Place_TwoTables_EqualTheIndependentImplementation()
    {
        byte[] stripe = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        int[] six = new int[6], twelve = new int[12];
        ShardTable.Equal(6).Place(stripe, six);
        new ShardTable(0, [1, 5, 0, 1L << 40, 7, 7]).Place(stripe, twelve);
        Assert.Equal([1, 4, 3, 5, 0, 2], six);
        Assert.Equal([3, 4, 5, 0, 1, 3, 4, 5, 1, 0, 3, 5], twelve);
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
