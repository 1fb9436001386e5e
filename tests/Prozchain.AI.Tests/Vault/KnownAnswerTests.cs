using System.Security.Cryptography;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>
/// One stored file, byte for byte, as an implementation of docs/formats written apart from this one, in another language,
/// gives it: BLAKE3, the field, the code, both trees, the pieces and the manifest.
/// </summary>
public class KnownAnswerTests
{
    [Fact]
    public async Task Store_ElevenHundredBytes_EqualsTheIndependentImplementation()
    {
        var vault = new SmallVault();
        byte[] file = [.. Enumerable.Range(0, 1100).Select(i => (byte)(i * 31 + 7))];
        ModelManifest manifest = await vault.StoreAsync(file, "known");
        Assert.Equal("ae9c292a5b01bb406d5373ef83b3640247eb5c7726ce61d4a3a2b6a36ba73a88", Sha256(SmallVault.Encode(manifest)));
        Assert.Equal("7cb658d7a79bf2f3c66dba4c1771de93736a2af979b23fa6bcc2c11f1a9928d8", Convert.ToHexStringLower(manifest.Id.Span));
        var pieces = new MemoryStream();
        for (int stripe = 0; stripe < 3; stripe++)
            for (int piece = 0; piece < 6; piece++)
                await vault.AlterAsync(manifest, stripe, piece, frame => { pieces.Write(frame); return frame; });
        Assert.Equal("70ee01bfb08c143e05340c90b49a3d9960a302b0af4a502ac2ff2b66c28964d8", Sha256(pieces.ToArray()));
    }

    private static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
