using Prozchain.AI.Ports;
using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

public class PieceFrameTests
{
    [Fact]
    public async Task Encoding_SeededCases_IsFrozen()
    {
        (byte[][] frames, _) = await SeedsAsync();
        Fixtures.AssertFrozen(Fixtures.Pieces, frames);
    }

    [Fact]
    public async Task TryRead_HostileBytes_AcceptsOnlyTheOneFrame()
    {
        (byte[][] frames, ModelManifest manifest) = await SeedsAsync();
        StoredStripe stripe = manifest.Geometry.Stripe(0);
        HostileBytes.Feed(frames, bytes =>
        {
            for (int piece = 0; piece < frames.Length; piece++)
                Assert.Equal(bytes.SequenceEqual(frames[piece]), PieceFrame.TryRead(bytes, 6, stripe.PieceLength, piece, stripe.PieceRoot, out _));
        });
    }

    [Fact]
    public void PieceKey_Values_CompareAndPrint()
    {
        byte[] stripe = GeneratedStream.Bytes(32, 1);
        var key = new PieceKey(stripe, 7);
        Assert.Equal(key, new PieceKey(stripe, 7));
        Assert.True(key != new PieceKey(stripe, 8));
        Assert.Equal(stripe, key.Stripe);
        Assert.Equal(Convert.ToHexStringLower(stripe) + "-007", key.ToString());
        Assert.Throws<ArgumentException>(() => new PieceKey(stripe.AsSpan(1), 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new PieceKey(stripe, 255));
    }

    private static async Task<(byte[][] Frames, ModelManifest Manifest)> SeedsAsync()
    {
        var vault = new SmallVault();
        ModelManifest manifest = await vault.StoreAsync(GeneratedStream.Bytes(300, 41));
        var frames = new List<byte[]>();
        for (int piece = 0; piece < 6; piece++) await vault.AlterAsync(manifest, 0, piece, frame => { frames.Add(frame); return frame; });
        return ([.. frames], manifest);
    }
}
