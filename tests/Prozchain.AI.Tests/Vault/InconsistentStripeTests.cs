using Prozchain.AI.Codec;
using Prozchain.AI.Formats;
using Prozchain.AI.Vault;
using Prozchain.Shared;

namespace Prozchain.AI.Tests.Vault;

/// <summary>A writer that lies: every piece proves itself, and yet they are not a stripe of the leaves that the manifest names.</summary>
public class InconsistentStripeTests
{
    private const int Length = 128, K = 4, M = 2;

    private readonly byte[] _data = GeneratedStream.Bytes(K * Length, 51);
    private readonly byte[] _parity = new byte[M * Length];
    private readonly SmallVault _vault = new();

    public InconsistentStripeTests() => new StripeCode(K, M).Encode(_data, _parity);

    [Fact]
    public async Task Stripe_CodedRightly_IsIntact()
    {
        ModelManifest manifest = await PlantAsync(Leaves());
        await AssertReadsAsync(manifest, VaultStatus.Intact, _data);
        Assert.Equal(VaultStatus.Intact, (await _vault.Vault.InspectAsync(manifest)).Status);
    }

    [Fact]
    public async Task Stripe_OfOtherLeaves_IsNeverWritten()
    {
        ModelManifest manifest = await PlantAsync([.. Leaves().Reverse()]);
        (VaultReport report, byte[] read) = await _vault.ReadAsync(manifest);
        Assert.Equal((VaultStatus.Unrecoverable, 0), (report.Status, read.Length));
        Assert.Equal([new StripeLoss(0, 0, M, true)], report.Losses);
        using IModelReader reader = await _vault.Vault.OpenAsync(manifest);
        await Assert.ThrowsAsync<IOException>(async () => await reader.ReadAsync(0, new byte[1]));
    }

    [Fact]
    public async Task Stripe_WithWrongParity_IsFoundByInspectionAndNeverRepaired()
    {
        _parity[7] ^= 1;
        ModelManifest manifest = await PlantAsync(Leaves());
        await AssertReadsAsync(manifest, VaultStatus.Intact, _data);
        Assert.Equal([new StripeLoss(0, 0, M, true)], (await _vault.Vault.InspectAsync(manifest)).Losses);
        await _vault.LoseAsync(manifest, 0, 1);
        await AssertReadsAsync(manifest, VaultStatus.Unrecoverable, []);
        VaultReport repair = await _vault.Vault.RepairAsync(manifest);
        Assert.Equal((VaultStatus.Unrecoverable, 0), (repair.Status, repair.PiecesRepaired));
        Assert.Equal([new StripeLoss(0, 1, M, true)], repair.Losses);
    }

    private async Task AssertReadsAsync(ModelManifest manifest, VaultStatus status, byte[] file)
    {
        (VaultReport report, byte[] read) = await _vault.ReadAsync(manifest);
        Assert.Equal(status, report.Status);
        Assert.Equal(file, read);
    }

    private Bytes32[] Leaves() => [.. Enumerable.Range(0, K).Select(i => VaultHash.Content(_data.AsSpan(i * Length, Length)))];

    private async Task<ModelManifest> PlantAsync(Bytes32[] leaves)
    {
        byte[] bytes = [.. _data, .. _parity];
        Bytes32[] digests = [.. Enumerable.Range(0, K + M).Select(i => VaultHash.Content(bytes.AsSpan(i * Length, Length)))];
        var stripe = new StoredStripe(_data.Length, K, 0, TensorType.U8, leaves);
        stripe.SetPieces(Length, MerkleTree<AuditTree>.Root(digests), null);
        var part = new ModelPart(0, _data.Length, 0, TensorType.U8, 0, [stripe]);
        var manifest = new ModelManifest(new ManifestContent("planted", ModelFormat.Opaque, Length, K, M, K + M, ShardTable.Equal(6), [part], [], []));
        for (int piece = 0; piece < K + M; piece++)
        {
            var frame = new byte[PieceFrame.SizeOf(Length, K + M, piece)];
            PieceFrame.WritePrefix(K + M, MerkleTree<AuditTree>.Prove(digests, piece), piece, Length, frame.AsSpan(..^Length));
            bytes.AsSpan(piece * Length, Length).CopyTo(frame.AsSpan(^Length..));
            await _vault.Stores[manifest.StoreOf(0, piece)].PutAsync(manifest.KeyOf(0, piece), frame, default);
        }
        return manifest;
    }
}
