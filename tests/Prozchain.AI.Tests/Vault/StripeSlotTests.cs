using System.Runtime.CompilerServices;
using Prozchain.AI.Formats;
using Prozchain.AI.Ports;
using Prozchain.AI.Tests.Codec;
using Prozchain.AI.Tests.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Pieces and decoded leaves share memory: none reaches into what is still needed.</summary>
public class StripeSlotTests
{
    [Theory]
    [InlineData(64, 1, 1)]
    [InlineData(64, 200, 55)]
    [InlineData(128, 4, 2)]
    [InlineData(4096, 16, 8)]
    [InlineData(65536, 5, 1)]
    public void Shape_EveryLeafLength_EndsAPieceBeforeItsLeaf(int leafSize, int dataPieces, int parityPieces)
    {
        var options = new ModelVaultOptions { LeafSize = leafSize, DataPieces = dataPieces, ParityPieces = parityPieces, MemoryBudget = long.MaxValue };
        var slot = new StripeSlot(options);
        Assert.True(slot.Spare.Count >= leafSize);
        for (int leaf = 64; leaf <= leafSize; leaf += leafSize < 8192 ? 64 : 4096)
        {
            slot.Shape(leaf);
            for (int i = 0; i < dataPieces; i++)
            {
                Span<byte> piece = slot.Piece(i, slot.Capacity), decoded = slot.Work.AsSpan(i * leaf, leaf);
                Assert.True(Unsafe.ByteOffset(ref piece[0], ref decoded[0]) >= piece.Length, $"Expected piece {i} before leaf {i} of {leaf} bytes.");
                if (i + 1 < dataPieces) Assert.False(piece.Overlaps(slot.Frame(i + 1, slot.Capacity).Span));
            }
            for (int i = dataPieces; i < dataPieces + parityPieces; i++) Assert.False(slot.Frame(i, slot.Capacity).Span.Overlaps(slot.Work));
        }
    }

    [Fact]
    public async Task Vault_LeavesThatDoNotShrinkAmongThoseThatDo_ComeBack()
    {
        // The first leaf decides on the codec; some others are as long as they can be then.
        byte[] weights = GaussianWeights.Of(TensorType.BF16, 40 * 4096, 3);
        for (int leaf = 1; leaf < 40; leaf += 3) GeneratedStream.Fill(leaf, 8, weights.AsSpan(leaf * 4096, 4096));
        byte[] header = "{\"w\":{\"dtype\":\"BF16\",\"shape\":[81920],\"data_offsets\":[0,163840]}}"u8.ToArray();
        byte[] file = [.. BitConverter.GetBytes((long)header.Length), .. header, .. weights];
        FaultyPieceStore[] stores = [.. Enumerable.Range(0, 24).Select(_ => new FaultyPieceStore())];
        var vault = new ModelVault(stores, new ModelVaultOptions { LeafSize = 4096, MemoryBudget = 1 << 20 });
        ModelManifest manifest = await vault.StoreAsync(new MemoryStream(file), "model");
        Assert.Contains(manifest.Geometry.Stripes.ToArray(), s => s.Encoded is { } encoded && encoded.Contains(4097) && encoded.Min() < 3500);
        foreach (FaultyPieceStore store in stores.Where((_, i) => i % 3 == 0)) store.OnGet = _ => throw new IOException("gone");
        var output = new MemoryStream();
        Assert.Equal(VaultStatus.Degraded, (await vault.ReadAsync(manifest, output)).Status);
        Assert.Equal(file, output.ToArray());
        using (IModelReader reader = await vault.OpenAsync(manifest))
        {
            var random = new Random(5);
            for (int i = 0; i < 200; i++)
            {
                var bytes = new byte[random.Next(1, 9000)];
                int at = random.Next(file.Length);
                int read = await reader.ReadAsync(at, bytes);
                Assert.Equal(file.AsSpan(at, read), bytes.AsSpan(0, read));
            }
        }
        foreach (FaultyPieceStore store in stores) store.OnGet = null;
        for (int stripe = 0; stripe < manifest.Geometry.StripeCount; stripe++)
            for (int piece = stripe % 3; piece < 24; piece += 3)
                await stores[manifest.StoreOf(stripe, piece)].DeleteAsync(manifest.KeyOf(stripe, piece), default);
        Assert.Equal((VaultStatus.Repaired, 8 * manifest.Geometry.StripeCount), await RepairAsync());
        Assert.Equal(VaultStatus.Intact, (await vault.InspectAsync(manifest)).Status);
        ModelManifest moved = await vault.MoveAsync(manifest, new ShardTable(1, [.. Enumerable.Range(1, 24).Select(i => (long)i)]));
        output = new MemoryStream();
        Assert.Equal(VaultStatus.Intact, (await vault.ReadAsync(moved, output)).Status);
        Assert.Equal(file, output.ToArray());

        async Task<(VaultStatus, int)> RepairAsync()
        {
            VaultReport report = await vault.RepairAsync(manifest);
            return (report.Status, report.PiecesRepaired);
        }
    }
}
