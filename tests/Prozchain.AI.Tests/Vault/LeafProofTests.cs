using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

public class LeafProofTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(512)]
    [InlineData(600)]
    [InlineData(3000)]
    public async Task ProveLeaf_EveryLeaf_VerifiesAndCoversTheFile(int size)
    {
        var vault = new SmallVault();
        byte[] file = GeneratedStream.Bytes(size, 31);
        ModelManifest manifest = await vault.StoreAsync(file);
        long end = 0;
        for (int leaf = 0; leaf < manifest.Geometry.LeafCount; leaf++)
        {
            LeafReading reading = await vault.Vault.ProveLeafAsync(manifest, leaf);
            LeafProof.TryRead(SmallVault.Encode(reading.Proof!), out LeafProof? proof);
            Assert.Equal((leaf, end, reading.Leaf.Length), (proof!.Leaf, proof.Offset, proof.Length));
            Assert.Equal(file.AsSpan((int)end, proof.Length), reading.Leaf.Span);
            Assert.True(proof.Verify(manifest.ModelRoot.Span, reading.Leaf.Span));
            end += proof.Length;
        }
        Assert.Equal(size, end);
    }

    [Fact]
    public async Task Verify_AnyBitChanged_Refuses()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(GeneratedStream.Bytes(3000, 32));
        LeafReading reading = await vault.Vault.ProveLeafAsync(manifest, 9);
        byte[] root = manifest.ModelRoot.ToArray(), leaf = reading.Leaf.ToArray(), proof = SmallVault.Encode(reading.Proof!);
        for (int bit = 0; bit < 8 * root.Length; bit++) Assert.False(reading.Proof!.Verify(Flip(root, bit), leaf));
        for (int bit = 0; bit < 8 * leaf.Length; bit++) Assert.False(reading.Proof!.Verify(root, Flip(leaf, bit)));
        for (int bit = 0; bit < 8 * proof.Length; bit++)
        {
            bool read = LeafProof.TryRead(Flip(proof, bit), out LeafProof? other) == VaultFormatStatus.Ok;
            Assert.False(read && other!.Verify(root, leaf), $"Bit {bit} of the proof does not matter.");
        }
        Assert.False(reading.Proof!.Verify(root, leaf.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => reading.Proof.Verify(root.AsSpan(1), leaf));
    }

    [Fact]
    public async Task ProveLeaf_StripeWithLosses_RestoresOrSaysWhyNot()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(GeneratedStream.Bytes(3000, 33));
        await vault.LoseAsync(manifest, 1, 0, 1);
        LeafReading restored = await vault.Vault.ProveLeafAsync(manifest, 4);
        Assert.True(restored.Proof!.Verify(manifest.ModelRoot.Span, restored.Leaf.Span));
        Assert.Equal(2, restored.Faults.Count);
        await vault.LoseAsync(manifest, 1, 5);
        LeafReading lost = await vault.Vault.ProveLeafAsync(manifest, 4);
        Assert.Null(lost.Proof);
        Assert.Equal(new StripeLoss(1, 3, 2, false), lost.Loss);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await vault.Vault.ProveLeafAsync(manifest, manifest.Geometry.LeafCount));
    }

    [Fact]
    public async Task Encoding_SeededCases_IsFrozen() => Fixtures.AssertFrozen(Fixtures.LeafProofs, await SeedsAsync());

    [Fact]
    public async Task TryRead_HostileBytes_NeverThrowsAndStaysCanonical()
    {
        var root = new byte[32];
        var leaf = new byte[128];
        HostileBytes.Feed(await SeedsAsync(), bytes =>
        {
            if (LeafProof.TryRead(bytes, out LeafProof? proof) != VaultFormatStatus.Ok) return;
            Assert.True(bytes.SequenceEqual(SmallVault.Encode(proof!)), "A second encoding of one proof was accepted.");
            Assert.False(proof!.Verify(root, leaf));
        });
    }

    private static async Task<byte[][]> SeedsAsync()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(GeneratedStream.Bytes(3000, 34));
        var seeds = new List<byte[]>();
        foreach (int leaf in new[] { 0, 9, manifest.Geometry.LeafCount - 1 })
            seeds.Add(SmallVault.Encode((await vault.Vault.ProveLeafAsync(manifest, leaf)).Proof!));
        return [.. seeds];
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
