using System.Buffers;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>A vault of 4+2 pieces of 128 bytes over six stores in memory: a stripe is 512 bytes.</summary>
internal sealed class SmallVault
{
    public const int Stripe = 512;

    public static ModelVaultOptions Options { get; } = new() { LeafSize = 128, DataPieces = 4, ParityPieces = 2, MemoryBudget = 16_384 };

    public SmallVault(int stores = 6, ModelVaultOptions? options = null)
    {
        Stores = [.. Enumerable.Range(0, stores).Select(_ => new FaultyPieceStore())];
        Vault = new ModelVault(Stores, options ?? Options);
    }

    public FaultyPieceStore[] Stores { get; }

    public ModelVault Vault { get; }

    public int Pieces => Stores.Sum(s => s.Count);

    public async Task<ModelManifest> StoreAsync(byte[] file, string name = "model") => await Vault.StoreAsync(new MemoryStream(file), name);

    public async Task<(VaultReport Report, byte[] File)> ReadAsync(ModelManifest manifest)
    {
        var output = new MemoryStream();
        VaultReport report = await Vault.ReadAsync(manifest, output);
        return (report, output.ToArray());
    }

    public async Task LoseAsync(ModelManifest manifest, int stripe, params int[] pieces)
    {
        foreach (int piece in pieces)
            Assert.True(await Stores[manifest.StoreOf(stripe, piece)].DeleteAsync(manifest.KeyOf(stripe, piece), default));
    }

    public Task AlterAsync(ModelManifest manifest, int stripe, int piece, Func<byte[], byte[]> change) =>
        Stores[manifest.StoreOf(stripe, piece)].AlterAsync(manifest.KeyOf(stripe, piece), change);

    public static byte[] Encode(ModelManifest manifest)
    {
        var output = new ArrayBufferWriter<byte>();
        manifest.Write(output);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Encode(LeafProof proof)
    {
        var output = new ArrayBufferWriter<byte>();
        proof.Write(output);
        return output.WrittenSpan.ToArray();
    }
}
