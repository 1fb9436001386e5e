using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Vault;
using Prozchain.Shared;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Manifests of models with bases, version 2, and journals of their stores.</summary>
public class DeltaManifestTests
{
    private static readonly byte[] s_tensor = GeneratedStream.Bytes(1200, 1), s_other = GeneratedStream.Bytes(700, 2);

    [Fact]
    public async Task TryRead_ItsOwnEncoding_RoundTrips()
    {
        foreach (byte[] bytes in await SeedsAsync())
        {
            Assert.Equal((2, VaultFormatStatus.Ok), (bytes[0], ModelManifest.TryRead(bytes, out ModelManifest? manifest)));
            Assert.Equal(bytes, SmallVault.Encode(manifest!));
        }
    }

    [Fact]
    public async Task Encoding_SeededCases_IsFrozen() => Fixtures.AssertFrozen(Fixtures.ManifestsWithBases, await SeedsAsync());

    [Fact]
    public async Task Journal_SeededStore_IsFrozen()
    {
        // One worker, so that the records have one order.
        InMemoryPieceStore[] stores = [.. Enumerable.Range(0, 6).Select(_ => new InMemoryPieceStore())];
        var vault = new ModelVault(stores, new ModelVaultOptions { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384, Workers = 1 });
        ModelManifest origin = await vault.StoreAsync(new MemoryStream(FineTunes.Make(s_tensor)), "base");
        var journal = new MemoryStream();
        await vault.StoreAsync(new MemoryStream(FineTunes.Make(Tuned(s_tensor))), "tuned", journal: journal, bases: [origin.ModelRoot]);
        Fixtures.AssertFrozen(Fixtures.JournalsWithBases, [journal.ToArray()]);
    }

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
    public async Task TryRead_BasesThatCannotBe_SaysSo()
    {
        (_, ModelManifest manifest) = await StoreAsync(s_tensor);
        ManifestContent content = manifest.Content;
        Bytes32 root = content.Bases[0], another = new(GeneratedStream.Bytes(32, 9));
        int index = content.Parts.ToList().FindIndex(p => p.Base == 0);
        ModelPart part = content.Parts[index];
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Bases = [manifest.Model] }));
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Bases = [root, root] }));
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Bases = [root, another] }));
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Bases = [root, another], Parts = With(part with { Base = 1 }) }));
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Parts = With(part with { Base = 1 }) }));
        Assert.Equal(VaultFormatStatus.Malformed, Read(content with { Parts = With(part with { Base = 256 }) }));
        Assert.Equal(VaultFormatStatus.Malformed, Read(content with { Bases = [root, .. Enumerable.Repeat(another, 255)] }));
        // Any other base root is one that a host may not know, but a manifest like any.
        Assert.Equal(VaultFormatStatus.Ok, Read(content with { Bases = [another] }));
        // Stripes of one codec and without a base are no reason to name one.
        StoredStripe[] plain = [.. part.Stripes.Select(s => s.Base ?? s)];
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Parts = With(part with { Stripes = plain }) }));
        // A difference to the same content is none.
        StoredStripe delta = part.Stripes.First(s => s.Base is not null), same = new(delta.Length, 4, delta.Codec, delta.Type, delta.Base!.Leaves, delta.Base);
        same.SetPieces(delta.PieceLength, delta.PieceRoot, delta.Encoded);
        Assert.Equal(VaultFormatStatus.InvalidBase, Read(content with { Parts = With(part with { Stripes = [.. part.Stripes.Select(s => s == delta ? same : s)] }) }));

        ModelPart[] With(ModelPart changed) => [.. content.Parts.Select((p, i) => i == index ? changed : p)];
    }

    [Fact]
    public async Task TryRead_ChangedBytesOfABase_SaysWhich()
    {
        (_, ModelManifest manifest) = await StoreAsync(s_tensor);
        byte[] bytes = SmallVault.Encode(manifest);
        StoredStripe delta = manifest.Geometry.Stripes[..manifest.Geometry.StripeCount].ToArray().First(s => s.Base is not null);
        int at = bytes.AsSpan().IndexOf(delta.Base!.PieceRoot.Span), bases = bytes.AsSpan().IndexOf(manifest.Content.Bases[0].Span);
        Assert.Equal((delta.Codec, delta.Base.Codec), (bytes[at - 2], bytes[at - 1]));
        Assert.Equal(VaultFormatStatus.InvalidBase, Changed(at - 1, 0x83));  // a base that has a base
        Assert.Equal(VaultFormatStatus.InvalidBase, Changed(at - 1, 99));
        Assert.Equal(VaultFormatStatus.UnknownCodec, Changed(at - 2, 0x80));
        Assert.Equal(VaultFormatStatus.UnknownCodec, Changed(at - 2, 99));
        Assert.Equal(VaultFormatStatus.RootMismatch, Changed(at, (byte)~bytes[at]));
        Assert.Equal(VaultFormatStatus.UnsupportedVersion, Changed(0, 3));
        Assert.NotEqual(VaultFormatStatus.Ok, Changed(0, 1));
        Assert.Equal(VaultFormatStatus.InvalidBase, ModelManifest.TryRead([.. bytes[..(bases - 1)], 0, .. bytes[(bases + 32)..]], out _));

        VaultFormatStatus Changed(int index, byte value)
        {
            byte[] changed = [.. bytes];
            changed[index] = value;
            return ModelManifest.TryRead(changed, out _);
        }
    }

    [Fact]
    public async Task Read_ManifestWithAnotherBase_WritesNothingOfIt()
    {
        (SmallVault vault, ModelManifest manifest) = await StoreAsync(s_tensor);
        byte[] bytes = SmallVault.Encode(manifest);
        StoredStripe from = manifest.Geometry.Stripes[manifest.Geometry.StripeCount];
        // The digest of a leaf of the base, which no root covers.
        bytes[bytes.AsSpan().IndexOf(from.Leaves[0].Span)] ^= 1;
        Assert.Equal(VaultFormatStatus.Ok, ModelManifest.TryRead(bytes, out ModelManifest? lying));
        (VaultReport report, byte[] file) = await vault.ReadAsync(lying!);
        StripeLoss loss = Assert.Single(report.Losses);
        Assert.Equal((true, "layer.0"), (loss.Inconsistent, loss.Base!.Tensor));
        ModelPart part = manifest.Content.Parts.First(p => p.Base == 0);
        Assert.Equal(part.Offset + manifest.Geometry.DerivedOf(manifest.Geometry.StripeCount) * SmallVault.Stripe - part.FirstStripe * SmallVault.Stripe, file.Length);
        Assert.False(lying!.IsBasedOn((await StoreAsync(s_other)).Manifest));
    }

    [Fact]
    public async Task TryRead_HostileBytes_NeverThrowsAndStaysCanonical()
    {
        byte[][] seeds = await SeedsAsync();
        HostileBytes.Feed(seeds, bytes =>
        {
            if (ModelManifest.TryRead(bytes, out ModelManifest? manifest) != VaultFormatStatus.Ok) return;
            Assert.True(bytes.SequenceEqual(SmallVault.Encode(manifest!)), "A second encoding of one manifest was accepted.");
        }, count: 50_000);
    }

    private static VaultFormatStatus Read(ManifestContent content) => ModelManifest.TryRead(SmallVault.Encode(new ModelManifest(content)), out _);

    // A weight in two has another last bit, but for the first stripe.
    private static byte[] Tuned(byte[] tensor)
    {
        byte[] tuned = [.. tensor];
        for (int i = SmallVault.Stripe; i < tuned.Length; i += 4) tuned[i] ^= 1;
        return tuned;
    }

    private static async Task<(SmallVault Vault, ModelManifest Manifest)> StoreAsync(params byte[][] tensors)
    {
        var vault = new SmallVault();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Make(tensors), "base");
        var tuned = new MemoryStream(FineTunes.Make([.. tensors.Select(Tuned)]));
        return (vault, await vault.Vault.StoreAsync(tuned, "tuned", bases: [origin.ModelRoot]));
    }

    private static async Task<byte[][]> SeedsAsync()
    {
        var vault = new SmallVault();
        ModelManifest one = await vault.StoreAsync(FineTunes.Make(s_tensor, s_tensor[..650]), "one"), two = await vault.StoreAsync(FineTunes.Make(s_tensor[..1100], s_other), "two");
        var both = new MemoryStream(FineTunes.Make(Tuned(s_tensor), Tuned(s_other)));
        return
        [
            SmallVault.Encode((await StoreAsync(s_tensor)).Manifest),
            SmallVault.Encode((await StoreAsync(s_tensor, s_other)).Manifest),
            SmallVault.Encode(await vault.Vault.StoreAsync(both, "both", bases: [two.ModelRoot, one.ModelRoot])),
        ];
    }
}
