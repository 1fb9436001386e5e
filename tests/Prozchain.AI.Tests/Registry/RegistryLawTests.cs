using Prozchain.AI.Registry;
using Prozchain.Shared;
using Prozchain.Testing;
using static Prozchain.AI.Tests.Registry.RegistryTesting;

namespace Prozchain.AI.Tests.Registry;

/// <summary>What holds for any operations in any order.</summary>
public class RegistryLawTests
{
    private static readonly string[] s_names = ["a", "a/x", "b/y", "b/y/z", "c"];

    public static IReadOnlyList<string> Names => s_names;

    internal static (RegistryOperation Operation, ulong Slot)[] Generate(SeededRandom random, int count)
    {
        // Ids of what other orders may publish, so that parents are often there.
        List<ReadOnlyMemory<byte>> ids = [];
        var operations = new (RegistryOperation, ulong)[count];
        ulong slot = 0;
        for (int i = 0; i < count; i++)
        {
            slot += (ulong)random.Next(0, 30);
            byte[] actor = Key(random.Next(0, 3));
            string name = s_names[random.Next(s_names.Length)], version = random.Next(0, 4).ToString(System.Globalization.CultureInfo.InvariantCulture);
            ulong end = slot + (ulong)random.Next(0, 60);
            RegistryOperation operation = random.Next(0, 11) switch
            {
                0 => RegistryOperation.Retire(actor, name, version),
                1 => RegistryOperation.LeaseAnew(actor, name, version, new ModelLease((StorageTier)random.Next(0, 2), end, 1)),
                2 => RegistryOperation.Extend(actor, name, version, end + 20),
                3 => RegistryOperation.Archive(actor, name, version),
                4 => RegistryOperation.Prune(actor, name, version),
                5 => RegistryOperation.SetPrice(actor, name, version, (ulong)random.Next(0, 3)),
                6 => RegistryOperation.Transfer(actor, ModelReference.Namespace(name), Key(random.Next(0, 3))),
                _ => RegistryOperation.Publish(actor, Publication(name, version, random.Next(0, 2), end,
                    parents: ids.Count == 0 || random.Next(2) == 0 ? [] : [new ModelParent(ids[random.Next(ids.Count)], Lineage.FineTune, random.Next(2) == 0)])),
            };
            if (operation.Kind == RegistryOperationKind.Publish) ids.Add(operation.VersionId.Span.ToArray());
            operations[i] = (operation, slot);
        }
        return operations;
    }

    [Fact]
    public void Apply_AnyOrder_KeepsTheInvariantsAndReplaysToTheSameRoot()
    {
        var random = new SeededRandom(TestSettings.Seed);
        int applied = 0, pruned = 0;
        for (int round = 0; round < 60; round++)
        {
            (RegistryOperation Operation, ulong Slot)[] operations = Generate(random, 150);
            ulong[] slots = [.. operations.Select(o => o.Slot)];
            if (round % 2 == 1) random.Shuffle(operations);
            var state = new RegistryState(Rules);
            List<(byte[] Bytes, ulong Slot)> accepted = [];
            for (int i = 0; i < operations.Length; i++)
            {
                var before = s_names.SelectMany(state.Versions).ToDictionary(v => v.ToString());
                byte[] root = state.Root.ToArray();
                RegistryStatus status = state.Apply(operations[i].Operation, slots[i]);
                if (status == RegistryStatus.Ok) accepted.Add((Encode(operations[i].Operation), slots[i]));
                else Assert.Equal(root, state.Root.ToArray());
                Check(state, before);
            }
            applied += accepted.Count;
            pruned += s_names.SelectMany(state.Versions).Count(v => v.Lease.Tier == StorageTier.Pruned);
            // Refused operations leave no trace: the accepted ones alone give the same state.
            var replayed = new RegistryState(Rules);
            foreach ((byte[] bytes, ulong slot) in accepted) Assert.Equal(RegistryStatus.Ok, replayed.Apply(bytes, slot));
            Assert.Equal(state.Root.ToArray(), replayed.Root.ToArray());
        }
        Assert.InRange(applied, 1_000, 9_000);
        Assert.InRange(pruned, 10, 1_000);
    }

    private static void Check(RegistryState state, Dictionary<string, ModelVersion> before)
    {
        ModelVersion[] all = [.. s_names.SelectMany(state.Versions)];
        Assert.Equal(state.Count, all.Length);
        Assert.Equal(all.Length, all.Select(v => Convert.ToHexString(v.Id.Span)).Distinct().Count());
        foreach (string name in s_names) Assert.Equal(Enumerable.Range(1, state.Versions(name).Count), state.Versions(name).Select(v => v.Number));
        foreach (ModelVersion version in all)
        {
            Assert.Same(version, state.Find(version.Id.Span));
            Assert.False(state.OwnerOf(version.Publication.Name).IsEmpty);
            foreach (ModelParent parent in version.Publication.Parents)
            {
                ModelVersion of = state.Find(parent.Id.Span)!;
                Assert.True(of.PublishedAt <= version.PublishedAt);
                Assert.False(parent.IsNeeded && version.Lease.Tier != StorageTier.Pruned && of.Lease.Tier == StorageTier.Pruned, $"{of} is pruned, {version} needs it.");
            }
        }
        // Versions are only added; what is pruned or retired stays so; nothing bound changes.
        foreach ((string key, ModelVersion old) in before)
        {
            ModelVersion now = state.Resolve(key);
            Assert.Equal(old.Id.ToArray(), now.Id.ToArray());
            Assert.Same(old.Publication, now.Publication);
            Assert.Equal((old.Number, old.PublishedAt), (now.Number, now.PublishedAt));
            Assert.True(now.IsRetired || !old.IsRetired);
            if (old.Lease.Tier == StorageTier.Pruned) Assert.Equal(old.Lease, now.Lease);
        }
    }

    [Fact]
    public void RecordTree_AnySetting_HasTheRootOfTheTreeMadeAtOnce()
    {
        var random = new SeededRandom(5);
        var tree = new RecordTree();
        List<Bytes32> leaves = [];
        Assert.Equal(MerkleTree<RegistryHash>.Root([]), tree.Root);
        for (int i = 0; i < 300; i++)
        {
            int index = random.Next(0, leaves.Count + 1);
            if (random.Next(2) == 0) index = leaves.Count;
            var leaf = new Bytes32(random.Bytes(32));
            if (index == leaves.Count) leaves.Add(leaf);
            else leaves[index] = leaf;
            tree.Set(index, leaf);
            Assert.Equal(MerkleTree<RegistryHash>.Root(leaves.ToArray()), tree.Root);
        }
    }

    /// <summary>What an implementation of docs/formats/ai-registry.md written apart from this one, in another language, gives.</summary>
    [Fact]
    public void Root_OnePublication_EqualsTheIndependentImplementation()
    {
        var state = new RegistryState(Rules);
        Assert.Equal(RegistryStatus.Ok, state.Apply(Publish(1), 3));
        Assert.EndsWith("e807114170616368652d322e30204f52204d495404696e7438010001320709", Convert.ToHexStringLower(Encode(Publish(1))), StringComparison.Ordinal);
        Assert.Equal("c913ab5c0be99b39f84c3fc7c939aeac56742c60f7240b91f13e281a8f272136", Convert.ToHexStringLower(state.Resolve("org/model").Id.Span));
        Assert.Equal("d26116f33fa5c17144efc92fa68990a9ecbc2e0a4b3e2c4383abdbd573ee4d19", Convert.ToHexStringLower(state.Root.Span));
    }

    [Fact]
    public void Root_KnownOperations_IsFrozen()
    {
        var state = new RegistryState(Rules);
        List<byte[]> roots = [state.Root.ToArray()];
        foreach ((RegistryOperation operation, ulong slot) in Generate(new SeededRandom(77), 200))
        {
            state.Apply(operation, slot);
            roots.Add(state.Root.ToArray());
        }
        Fixtures.AssertFrozen(Fixtures.RegistryRoots, roots);
        Assert.NotEqual(new RegistryState(Rules).Root.ToArray(), new RegistryState(Rules with { ArchiveSlots = 1 }).Root.ToArray());
    }
}
