using Prozchain.AI.Formats;
using Prozchain.AI.Vault;

namespace Prozchain.AI.Tests.Vault;

/// <summary>Models stored as their differences to base models.</summary>
public class DeltaTests
{
    [Fact]
    public async Task Store_FineTuneWithItsBase_IsSmallerAndReadsBackEqual()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), alone = await vault.StoreAsync(FineTunes.Tuned, "alone");
        await vault.Vault.PruneAsync(alone);
        int before = vault.Pieces;
        ModelManifest tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        Assert.Equal(alone.ModelRoot.ToArray(), tuned.ModelRoot.ToArray());
        Assert.Equal([origin.ModelRoot.ToArray()], tuned.Bases.Select(b => b.ToArray()));
        Assert.Empty(alone.Bases);

        // Tensor 0 is the base's own, of 2 but a stripe is coded, 3 has nothing of it.
        int[] derived = [.. tuned.Content.Parts.Where(p => p.Length == FineTunes.TensorBytes).Select(p => p.Stripes.Count(s => s.Base is not null))];
        Assert.Equal([0, 3, 1, 0], derived);
        Assert.Equal(4, tuned.Geometry.BaseStripeCount);
        Assert.Equal([ModelPart.Mixed, ModelPart.Mixed], tuned.Content.Parts.Where(p => p.Base == 0).Select(p => p.Codec));
        // What is newly put: tensor 1, a stripe of tensor 2, tensor 3. The header is the base's.
        Assert.Equal(24 * (3 + 1 + 3), vault.Pieces - before);
        ModelPart part = tuned.Content.Parts.First(p => p.Base == 0), whole = alone.Content.Parts.First(p => p.Offset == part.Offset);
        Assert.InRange(part.Stripes.Sum(s => s.PieceLength), 1, whole.Stripes.Sum(s => s.PieceLength) * 0.75);
        Assert.InRange(tuned.Geometry.StoredSize, 1, alone.Geometry.StoredSize - 1);
        Assert.InRange(tuned.Geometry.BaseStoredSize, 1, origin.Geometry.StoredSize);

        (VaultReport report, byte[] file) = await vault.ReadAsync(tuned);
        Assert.Equal((VaultStatus.Intact, FineTunes.Tuned.Length), (report.Status, report.BytesVerified));
        Assert.Equal(FineTunes.Tuned, file);
        Assert.True(tuned.IsBasedOn(origin));
        Assert.False(tuned.IsBasedOn(alone));
        Assert.False(alone.IsBasedOn(origin));
    }

    [Fact]
    public async Task Store_LeavesThatDoNotShrink_AreStoredAsTheyAre()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        byte[] file = [.. FineTunes.Tuned];
        int at = file.Length - 3 * FineTunes.TensorBytes + FineTunes.Stripe;
        foreach (int leaf in (int[])[2, 3, 15]) GeneratedStream.Bytes(4096, (ulong)leaf).CopyTo(file, at + 4096 * leaf);
        ModelManifest tuned = await vault.StoreAsync(file, "tuned", origin);
        StoredStripe stripe = tuned.Content.Parts.First(p => p.Base == 0).Stripes[1];
        Assert.NotNull(stripe.Base);
        Assert.Equal([2, 3, 15], Enumerable.Range(0, 16).Where(i => stripe.EncodedLength(i) == 4097));
        (VaultReport report, byte[] back) = await vault.ReadAsync(tuned);
        Assert.Equal(VaultStatus.Intact, report.Status);
        Assert.Equal(file, back);
    }

    [Fact]
    public async Task Open_FineTune_ReadsRangesOfIt()
    {
        var vault = new FineTunes(memory: 2);
        ModelManifest tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", await vault.StoreAsync(FineTunes.Base, "base"));
        using (IModelReader reader = await vault.Vault.OpenAsync(tuned))
        {
            var bytes = new byte[10_000];
            for (int offset = 3; offset < FineTunes.Tuned.Length - bytes.Length; offset += 17_001)
            {
                Assert.Equal(bytes.Length, await reader.ReadAsync(offset, bytes));
                Assert.Equal(FineTunes.Tuned.AsSpan(offset, bytes.Length), bytes.AsSpan());
            }
            // A leaf of the base and one of its own are lost: both stripes are restored.
            int stripe = tuned.Content.Parts.First(p => p.Base == 0).FirstStripe, at = (int)tuned.Content.Parts.First(p => p.Base == 0).Offset;
            await vault.LoseAsync(tuned, stripe, 1, 17);
            await vault.LoseAsync(tuned, tuned.Geometry.BaseOf(stripe), 0, 1, 2, 18);
            Assert.Equal(bytes.Length, await reader.ReadAsync(at, bytes));
            Assert.Equal(FineTunes.Tuned.AsSpan(at, bytes.Length), bytes.AsSpan());
        }
        // All memory is back.
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public async Task Read_EightOf24ShardsLostInBaseAndDerived_RestoresAndRepairs(int memory)
    {
        var vault = new FineTunes(memory);
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        int pieces = vault.Pieces;
        await vault.EmptyAsync(origin, shard => shard % 3 == 0);
        await vault.EmptyAsync(tuned, shard => shard % 3 == 0);
        (VaultReport read, byte[] file) = await vault.ReadAsync(tuned);
        Assert.Equal(VaultStatus.Degraded, read.Status);
        Assert.Equal(FineTunes.Tuned, file);
        // What a read looked for and did not find of the bases is reported under their numbers.
        Assert.Contains(read.Faults, f => f.Stripe >= tuned.Geometry.StripeCount);

        VaultReport repaired = await vault.Vault.RepairAsync(tuned);
        Assert.Equal((VaultStatus.Repaired, FineTunes.Tuned.Length), (repaired.Status, repaired.BytesVerified));
        Assert.Equal(8 * tuned.Geometry.Stripes.Length, repaired.PiecesRepaired);
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(tuned)).Status);
        await vault.Vault.RepairAsync(origin);
        Assert.Equal(pieces, vault.Pieces);
    }

    [Fact]
    public async Task Prune_TheBaseFirst_KeepsWhatTheFineTuneNeedsAndNoMore()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        int stripes = tuned.Geometry.Stripes.ToArray().Select(s => s.PieceRoot).Distinct().Count();
        PruneReport pruned = await vault.Vault.PruneAsync(origin);
        // Its tensor 3 alone: the fine-tune has the header, tensor 0 and two stripes of tensor 2, and needs the rest of that and tensor 1.
        Assert.Equal((3, 24 * stripes), (pruned.Stripes, vault.Pieces));
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(tuned)).Status);
        await vault.Vault.PruneAsync(tuned);
        Assert.Equal((0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Prune_TheFineTuneFirst_LeavesTheBaseAsItWas()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        int pieces = vault.Pieces;
        ModelManifest tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        await vault.Vault.PruneAsync(tuned);
        Assert.Equal(pieces, vault.Pieces);
        Assert.Equal(VaultStatus.Intact, (await vault.Vault.InspectAsync(origin)).Status);
        await vault.Vault.PruneAsync(origin);
        Assert.Equal((0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Prune_AfterARestart_KnowsFromTheManifestsWhatIsNeeded()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        var catalogue = new StripeCatalogue();
        foreach (ModelManifest manifest in new[] { tuned, origin })
        {
            Assert.Equal(VaultFormatStatus.Ok, ModelManifest.TryRead(SmallVault.Encode(manifest), out ModelManifest? read));
            catalogue.Add(read!);
        }
        vault.Open(catalogue: catalogue);
        await vault.Vault.PruneAsync(origin);
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
        // Stored anew it is the same, and nothing has to be put.
        foreach (FaultyPieceStore store in vault.Stores) store.OnPut = _ => throw new IOException("no need to put");
        ModelManifest again = await vault.StoreAsync(FineTunes.Tuned, "tuned", tuned);
        Assert.Equal(SmallVault.Encode(tuned), SmallVault.Encode(again));
        await vault.Vault.PruneAsync(tuned);
        Assert.Equal((0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Store_FineTuneTwice_IsOneModel()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        int pieces = vault.Pieces;
        ModelManifest again = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin), other = await vault.StoreAsync(FineTunes.Tuned, "other", tuned, origin);
        Assert.Equal(SmallVault.Encode(tuned), SmallVault.Encode(again));
        // Equal to a model that has a base: it has that base, and never itself.
        Assert.Equal([origin.ModelRoot.ToArray()], other.Bases.Select(b => b.ToArray()));
        Assert.Equal(VaultFormatStatus.Ok, ModelManifest.TryRead(SmallVault.Encode(other), out _));
        Assert.Equal((3, pieces), (vault.Vault.Catalogue.ModelCount, vault.Pieces));
        foreach (ModelManifest manifest in new[] { tuned, origin }) await vault.Vault.PruneAsync(manifest);
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(other)).File);
        await vault.Vault.PruneAsync(other);
        Assert.Equal((0, 0), (vault.Pieces, vault.Vault.Catalogue.StripeCount));
    }

    [Fact]
    public async Task Store_ShardDownWithABase_GoesOnAndNamesWhatIsMissing()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base");
        foreach (int down in new[] { 3, 9 })
            (vault.Stores[down].OnPut, vault.Stores[down].OnGet) = (_ => throw new IOException("down"), _ => throw new IOException("down"));
        ModelManifest tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        Assert.All(vault.Vault.Catalogue.UnwrittenOf(tuned), f => Assert.Contains(f.Store, new[] { 3, 9 }));
        Assert.NotEmpty(vault.Vault.Catalogue.UnwrittenOf(tuned));
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(tuned)).File);
        foreach (FaultyPieceStore store in vault.Stores) (store.OnPut, store.OnGet) = (null, null);
        Assert.Equal(VaultStatus.Repaired, (await vault.Vault.RepairAsync(tuned)).Status);
        Assert.Empty(vault.Vault.Catalogue.UnwrittenOf(tuned));
    }

    [Fact]
    public async Task Store_FineTuneOfAFineTune_NeedsTheRootOfTheChainOnly()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        ModelManifest again = await vault.StoreAsync(FineTunes.TunedAgain, "again", tuned);
        // Tensor 2 is the fine-tune's, and so has what that has it from.
        Assert.Equal([tuned.ModelRoot.ToArray(), origin.ModelRoot.ToArray()], again.Bases.Select(b => b.ToArray()));
        Assert.All(again.Geometry.Stripes[again.Geometry.StripeCount..].ToArray(), s => Assert.Null(s.Base));
        Assert.True(again.IsBasedOn(tuned));
        // A stripe that is the fine-tune's is stored once, though it is itself a difference.
        Assert.Equal(1, again.Content.Parts.Where(p => p.Base == 1).SelectMany(p => p.Stripes).Count(s => tuned.Geometry.Stripes.Contains(s) && s.Base is not null));
        await vault.Vault.PruneAsync(tuned);
        await vault.Vault.PruneAsync(origin);
        Assert.Equal(FineTunes.TunedAgain, (await vault.ReadAsync(again)).File);
        await vault.Vault.PruneAsync(again);
        Assert.Equal(0, vault.Pieces);
    }

    [Fact]
    public async Task Move_FineTune_TakesWhatItNeedsAlong()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        long[] capacities = [.. Enumerable.Range(0, 24).Select(i => i < 4 ? 0L : 1)];
        ModelManifest moved = await vault.Vault.MoveAsync(tuned, new ShardTable(1, capacities));
        ModelManifest archived = await vault.Vault.MoveAsync(moved, new ShardTable(1, capacities), keptPieces: 16);
        await vault.Vault.PruneAsync(origin);
        await vault.Vault.PruneAsync(tuned);
        await vault.Vault.PruneAsync(moved);
        Assert.Equal(0, vault.Stores.Take(4).Sum(s => s.Count));
        Assert.Equal(16 * tuned.Geometry.Stripes.ToArray().Select(s => s.PieceRoot).Distinct().Count(), vault.Pieces);
        Assert.Equal(FineTunes.Tuned, (await vault.ReadAsync(archived)).File);
        await Assert.ThrowsAsync<ArgumentException>(() => vault.StoreAsync(FineTunes.TunedAgain, "again", archived));
    }

    [Fact]
    public async Task Audit_FineTune_AsksForItsBasesToo()
    {
        var vault = new FineTunes();
        ModelManifest origin = await vault.StoreAsync(FineTunes.Base, "base"), tuned = await vault.StoreAsync(FineTunes.Tuned, "tuned", origin);
        await vault.Vault.PruneAsync(origin);
        var challenge = new AuditChallenge(GeneratedStream.Bytes(32, 1), tuned.AuditRoot.Span, 7, 200, 1, 10);
        AuditProof proof = await AuditProver.AnswerAsync(challenge, tuned, vault.Stores[7]);
        Assert.Equal(AuditStatus.Ok, AuditAnswer.Check(challenge, tuned, proof.Answer.Span, 5).Status);
        Assert.Contains(challenge.Draw(tuned), s => s.Stripe >= tuned.Geometry.StripeCount);
        long[] prices = [.. Enumerable.Repeat(20_000L, 24)];
        Assert.Equal(tuned.Geometry.StoredSize + tuned.Geometry.BaseStoredSize, PriceSheet.Quote(tuned, prices).StoredBytes);
        int lost = tuned.Geometry.StripeCount;
        await vault.LoseAsync(tuned, lost, Enumerable.Range(0, 24).Where(p => tuned.StoreOf(lost, p) == 7));
        Assert.All((await AuditProver.AnswerAsync(challenge, tuned, vault.Stores[7])).Missing, s => Assert.Equal(lost, s.Stripe));
    }
}
