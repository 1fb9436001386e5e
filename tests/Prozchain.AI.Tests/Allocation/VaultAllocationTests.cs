using Prozchain.AI.Vault;
using Prozchain.Testing;

namespace Prozchain.AI.Tests.Allocation;

/// <summary>
/// What the vault allocates once it is warm, over stores that allocate nothing: a fixed sum an operation, and what a report or a
/// manifest holds; nothing for each piece or stripe that passes. In a process of its own, because all threads count.
/// </summary>
[Collection(nameof(VaultAllocationTests))]
[CollectionDefinition(nameof(VaultAllocationTests), DisableParallelization = true)]
public sealed class VaultAllocationTests
{
    private const int Stripes = 256, Leaf = 4096, Pieces = 24;

    // Tasks, delegates and buffers of one operation, whatever its length; and for each stripe now and then a step that waits. The
    // smallest object a piece would be 576 bytes a stripe.
    private const long Fixed = 24_000, Step = 400;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vault_StripesThatPass_AllocateNothing(bool answersLater) => ChildTest.RunInChild(answersLater ? "later" : "at once", () =>
    {
        var stores = new FrugalPieceStore[Pieces];
        for (int i = 0; i < Pieces; i++) stores[i] = new FrugalPieceStore(2 * Leaf, answersLater);
        var vault = new ModelVault(stores, new ModelVaultOptions { LeafSize = Leaf, MemoryBudget = 4 << 20 });
        byte[] file = GeneratedStream.Bytes(Stripes * 16 * Leaf, 31);
        ModelManifest manifest = Wait(vault.StoreAsync(new MemoryStream(file), "warm"));
        Assert.Equal(Stripes, manifest.Geometry.StripeCount);

        long load = Least(() => Expect(VaultStatus.Intact, vault.ReadAsync(manifest, Stream.Null)));
        Assert.InRange(load, 0, Fixed + Step * Stripes);

        // A stripe that is stored already is hashed, and is in the manifest: the others are put besides, and are in the catalogue.
        long known = Least(() => Wait(vault.StoreAsync(new MemoryStream(file), "warm")));
        Assert.InRange(known, 0, Fixed + 5_000L * Stripes);
        long store = Least(
            () => Wait(vault.StoreAsync(new MemoryStream(file), "warm")),
            before: () => Wait(vault.PruneAsync(manifest)));
        Assert.InRange(store - known, 0, Fixed + (512 + Step) * Stripes);

        for (int i = 0; i < Pieces; i += 3) stores[i].IsLost = stores[i].Forgets = true;
        // A fault in the report, in a list that grows by doubling.
        long faults = 8L * Stripes * 16 * 2;
        long degraded = Least(() => Expect(VaultStatus.Degraded, vault.ReadAsync(manifest, Stream.Null)));
        Assert.InRange(degraded, 0, Fixed + Step * Stripes + faults);
        long repair = Least(() => Expect(VaultStatus.Repaired, vault.RepairAsync(manifest)));
        Assert.InRange(repair, 0, Fixed + Step * Stripes + faults);
        TestContext.Current.SendDiagnosticMessage($"bytes for {Stripes} stripes: load {load}, store known {known}, new {store}, degraded load {degraded}, repair {repair}");
    });

    private static void Expect(VaultStatus expected, ValueTask<VaultReport> operation) => Assert.Equal(expected, Wait(operation).Status);

    private static T Wait<T>(ValueTask<T> operation) => operation.AsTask().GetAwaiter().GetResult();

    private static long Least(Action action, Action? before = null)
    {
        long least = long.MaxValue;
        for (int i = 0; i < 8; i++)
        {
            before?.Invoke();
            long start = GC.GetTotalAllocatedBytes(precise: true);
            action();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - start);
        }
        return least;
    }
}
