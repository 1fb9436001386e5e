using Prozchain.AI.Tests.Formats;
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
    public async Task Make_EveryLeaf_VerifiesAndCoversTheFile(int size)
    {
        byte[] file = GeneratedStream.Bytes(size, 31);
        Check(file, await new SmallVault().StoreAsync(file));
    }

    [Fact]
    public async Task Make_ModelOfManyTensors_VerifiesAndCoversTheFile()
    {
        byte[] file = SafetensorsFile.Tensors(5, 300);
        Check(file, await new SmallVault().StoreAsync(file));
    }

    [Fact]
    public async Task Verify_AnyBitChanged_Refuses()
    {
        byte[] file = GeneratedStream.Bytes(3000, 32);
        ModelManifest manifest = await new SmallVault().StoreAsync(file);
        LeafProof made = LeafProof.Make(manifest, 1200);
        byte[] root = manifest.ModelRoot.ToArray(), leaf = file[(int)made.Offset..][..made.Length], proof = SmallVault.Encode(made);
        Assert.True(made.Verify(root, leaf));
        for (int bit = 0; bit < 8 * root.Length; bit++) Assert.False(made.Verify(Flip(root, bit), leaf));
        for (int bit = 0; bit < 8 * leaf.Length; bit++) Assert.False(made.Verify(root, Flip(leaf, bit)));
        for (int bit = 0; bit < 8 * proof.Length; bit++)
        {
            bool read = LeafProof.TryRead(Flip(proof, bit), out LeafProof? other) == VaultFormatStatus.Ok;
            Assert.False(read && other!.Verify(root, leaf), $"Bit {bit} of the proof does not matter.");
        }
        Assert.False(made.Verify(root, leaf.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => made.Verify(root.AsSpan(1), leaf));
        Assert.Throws<ArgumentOutOfRangeException>(() => LeafProof.Make(manifest, 3000));
    }

    [Fact]
    public async Task Encoding_SeededCases_IsFrozen() => Fixtures.AssertFrozen(Fixtures.LeafProofs, await SeedsAsync());

    [Fact]
    public async Task TryRead_HostileBytes_NeverThrowsAndStaysCanonical()
    {
        byte[] root = GeneratedStream.Bytes(32, 1), leaf = new byte[128];
        HostileBytes.Feed(await SeedsAsync(), bytes =>
        {
            if (LeafProof.TryRead(bytes, out LeafProof? proof) != VaultFormatStatus.Ok) return;
            Assert.True(bytes.SequenceEqual(SmallVault.Encode(proof!)), "A second encoding of one proof was accepted.");
            Assert.False(proof!.Verify(root, leaf));
        });
    }

    private static void Check(byte[] file, ModelManifest manifest)
    {
        int end = 0, leaves = 0;
        for (; end < file.Length; leaves++)
        {
            LeafProof.TryRead(SmallVault.Encode(LeafProof.Make(manifest, end)), out LeafProof? proof);
            Assert.Equal(end, proof!.Offset);
            Assert.True(proof.Verify(manifest.ModelRoot.Span, file.AsSpan(end, proof.Length)));
            Assert.Equal(SmallVault.Encode(proof), SmallVault.Encode(LeafProof.Make(manifest, end + proof.Length - 1)));
            end += proof.Length;
        }
        Assert.Equal((file.Length, manifest.Geometry.LeafCount), (end, leaves));
    }

    private static async Task<byte[][]> SeedsAsync()
    {
        ModelManifest manifest = await new SmallVault().StoreAsync(GeneratedStream.Bytes(3000, 34));
        ModelManifest tensors = await new SmallVault().StoreAsync(SafetensorsFile.Tensors(3, 300));
        return [.. new[] { 0, 1200, 2999 }.Select(o => SmallVault.Encode(LeafProof.Make(manifest, o))), SmallVault.Encode(LeafProof.Make(tensors, 2000))];
    }

    private static byte[] Flip(byte[] bytes, int bit)
    {
        byte[] flipped = [.. bytes];
        flipped[bit / 8] ^= (byte)(1 << (bit % 8));
        return flipped;
    }
}
