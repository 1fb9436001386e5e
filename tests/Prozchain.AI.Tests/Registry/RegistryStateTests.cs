using Prozchain.AI.Registry;
using static Prozchain.AI.Tests.Registry.RegistryTesting;

namespace Prozchain.AI.Tests.Registry;

public class RegistryStateTests
{
    private readonly RegistryState _state = new(Rules);

    private void Apply(RegistryOperation operation, ulong slot, RegistryStatus expected = RegistryStatus.Ok)
    {
        byte[] before = _state.Root.ToArray();
        ulong at = _state.Slot;
        Assert.Equal(expected, _state.Apply(Encode(operation), slot));
        Assert.Equal(expected != RegistryStatus.Ok, before.AsSpan().SequenceEqual(_state.Root.Span));
        Assert.Equal(expected == RegistryStatus.Ok ? slot : at, _state.Slot);
    }

    [Fact]
    public void Publish_Version_IsResolvedWithAllItSays()
    {
        ModelPublication publication = Publication(seed: 5);
        Apply(RegistryOperation.Publish(Key(1), publication), 3);
        ModelVersion version = _state.Resolve("org/model@1");
        Assert.Same(version, _state.Resolve("org/model"));
        Assert.Equal("org/model@1", version.ToString());
        Assert.Equal((1, 3UL, false, new ModelLease(StorageTier.Warm, 50, 7), 9UL), (version.Number, version.PublishedAt, version.IsRetired, version.Lease, version.Price));
        Assert.Equal(Key(1), version.Publisher.ToArray());
        Assert.Equal(Key(1), _state.OwnerOf("org/model").ToArray());
        Assert.Equal(publication.GraphDigest.ToArray(), version.Publication.GraphDigest.ToArray());
        Assert.Equal((1_005L, "Apache-2.0 OR MIT", "int8", 1u), (version.Publication.Size, version.Publication.Licence, version.Publication.Quantisation, version.Publication.EngineVersion));
        Assert.Same(version, _state.Find(version.Id.Span));
        Assert.Null(_state.Find(version.Id.Span[1..]));
    }

    [Fact]
    public void Publish_OperationOfTheCallersMemory_KeepsACopy()
    {
        byte[] manifest = Digest(1, 1);
        RegistryOperation operation = RegistryOperation.Publish(Key(1), Publication() is var p ? new ModelPublication
        {
            Name = p.Name, Version = p.Version, ManifestId = manifest, ModelRoot = p.ModelRoot, AuditRoot = p.AuditRoot, Size = 1, Licence = "x", Lease = p.Lease,
        } : null!);
        Apply(operation, 0);
        manifest[0] ^= 1;
        Assert.Equal(Digest(1, 1), _state.Resolve("org/model").Publication.ManifestId.ToArray());
        Assert.Equal(new byte[32], _state.Resolve("org/model").Publication.GraphDigest.ToArray());
    }

    [Fact]
    public void Id_AnyBoundFieldDiffers_IsAnother()
    {
        byte[] Id(int who, ModelPublication publication)
        {
            var state = new RegistryState(Rules);
            Assert.Equal(RegistryStatus.Ok, state.Apply(RegistryOperation.Publish(Key(who), publication), 1));
            return state.Resolve($"{publication.Name}@{publication.Version}").Id.ToArray();
        }
        byte[] id = Id(1, Publication());
        Assert.Equal(id, Id(1, Publication(end: 60, tier: StorageTier.Hot)));
        Assert.NotEqual(id, Id(2, Publication()));
        Assert.NotEqual(id, Id(1, Publication(name: "org/modem")));
        Assert.NotEqual(id, Id(1, Publication(version: "2")));
        Assert.NotEqual(id, Id(1, Publication(seed: 1)));
        // Nor can a character move from the name to the version.
        Assert.NotEqual(Id(1, Publication(name: "ab", version: "c")), Id(1, Publication(name: "a", version: "bc")));
    }

    [Fact]
    public void Resolve_BareName_GivesTheNewestThatIsNeitherRetiredNorPruned()
    {
        for (int i = 1; i <= 3; i++) Apply(Publish(1, version: $"v{i}"), 1);
        Assert.Equal(3, _state.Resolve("org/model").Number);
        Apply(RegistryOperation.Retire(Key(1), "org/model", "v3"), 2);
        Apply(RegistryOperation.Prune(Key(1), "org/model", "v2"), 2);
        Assert.Equal(1, _state.Resolve("org/model").Number);
        Assert.True(_state.Resolve("org/model@v3").IsRetired);
        Assert.Equal(StorageTier.Pruned, _state.Resolve("org/model@v2").Lease.Tier);
        Apply(RegistryOperation.Retire(Key(1), "org/model", "v1"), 2);
        Assert.Equal(RegistryStatus.UnknownVersion, _state.Resolve("org/model", out _));
        Assert.Equal(RegistryStatus.UnknownVersion, _state.Resolve("org/model@v4", out _));
        Assert.Equal(RegistryStatus.UnknownModel, _state.Resolve("org/other", out _));
        foreach (string bad in new[] { "", "@", "org/model@", "@1", "Org/model", "org//model", "/org", "org/", "../org", "org/.x", "a@b@c", "a b", "ü", new string('a', 129) })
            Assert.Equal(RegistryStatus.InvalidName, _state.Resolve(bad, out _));
        Assert.Equal(["v1", "v2", "v3"], _state.Versions("org/model").Select(v => v.Publication.Version));
        Assert.Empty(_state.Versions("org/other"));
    }

    [Fact]
    public void Namespace_OneOwner_WhoMayHandItOver()
    {
        Apply(Publish(1), 1);
        Apply(Publish(2, "org/other"), 1, RegistryStatus.NotOwner);
        Apply(Publish(2, "org"), 1, RegistryStatus.NotOwner);
        Apply(Publish(2, "organisation/model"), 1);
        Apply(RegistryOperation.Transfer(Key(2), "org", Key(2)), 1, RegistryStatus.NotOwner);
        Apply(RegistryOperation.Transfer(Key(1), "none", Key(2)), 1, RegistryStatus.UnknownModel);
        Apply(RegistryOperation.Transfer(Key(1), "org", Key(1)), 1, RegistryStatus.NothingToDo);
        Apply(RegistryOperation.Transfer(Key(1), "org", Key(3)), 1);
        Apply(Publish(1, version: "2"), 1, RegistryStatus.NotOwner);
        Apply(RegistryOperation.Retire(Key(1), "org/model", "1"), 1, RegistryStatus.NotOwner);
        Apply(Publish(3, version: "2"), 1);
        Assert.Equal(Key(1), _state.Resolve("org/model@1").Publisher.ToArray());
    }

    [Fact]
    public void Versions_AreAppendedOnly()
    {
        Apply(Publish(1), 5);
        Apply(Publish(1), 5, RegistryStatus.AlreadyPublished);
        Apply(RegistryOperation.Publish(Key(1), Publication(seed: 9)), 5, RegistryStatus.AlreadyPublished);
        Apply(Publish(1, version: "2"), 4, RegistryStatus.SlotBehind);
        Apply(RegistryOperation.Retire(Key(1), "org/model", "1"), 5);
        Apply(RegistryOperation.Retire(Key(1), "org/model", "1"), 5, RegistryStatus.NothingToDo);
        Apply(Publish(1), 5, RegistryStatus.AlreadyPublished);
        Apply(RegistryOperation.SetPrice(Key(1), "org/model", "1", 9), 5, RegistryStatus.NothingToDo);
        Apply(RegistryOperation.SetPrice(Key(2), "org/model", "1", 10), 5, RegistryStatus.NotOwner);
        Apply(RegistryOperation.SetPrice(Key(1), "org/model", "1", 10), 5);
        Assert.Equal(10UL, _state.Resolve("org/model@1").Price);
        Apply(RegistryOperation.SetPrice(Key(1), "org/model", "7", 10), 5, RegistryStatus.UnknownVersion);
    }

    [Fact]
    public void Lease_GoesThroughItsStates()
    {
        Apply(Publish(1, end: 10), 10, RegistryStatus.InvalidLease);
        Apply(Publish(1, end: 1_011), 10, RegistryStatus.InvalidLease);
        Apply(Publish(1, end: 50), 10);
        var hot = new ModelLease(StorageTier.Hot, 60, 8);
        Apply(RegistryOperation.LeaseAnew(Key(2), "org/model", "1", hot), 10, RegistryStatus.NotOwner);
        Apply(RegistryOperation.LeaseAnew(Key(1), "org/model", "1", hot), 10);
        Apply(RegistryOperation.LeaseAnew(Key(1), "org/model", "1", hot), 10, RegistryStatus.NothingToDo);
        Apply(RegistryOperation.LeaseAnew(Key(1), "org/model", "1", hot with { End = 10 }), 10, RegistryStatus.InvalidLease);
        Apply(RegistryOperation.Extend(Key(2), "org/model", "1", 60), 10, RegistryStatus.NothingToDo);
        Apply(RegistryOperation.Extend(Key(2), "org/model", "1", 2_000), 10, RegistryStatus.InvalidLease);
        Apply(RegistryOperation.Extend(Key(2), "org/model", "1", 70), 10);
        Assert.Equal(hot with { End = 70 }, _state.Resolve("org/model").Lease);
        Apply(RegistryOperation.Archive(Key(2), "org/model", "1"), 70, RegistryStatus.NotExpired);
        Assert.Empty(_state.Expired(70));
        Assert.Single(_state.Expired(71));
        Apply(RegistryOperation.Prune(Key(2), "org/model", "1"), 71, RegistryStatus.NotExpired);
        Apply(RegistryOperation.Archive(Key(2), "org/model", "1"), 71);
        Assert.Equal(new ModelLease(StorageTier.Archived, 171, 8), _state.Resolve("org/model").Lease);
        Apply(RegistryOperation.Archive(Key(2), "org/model", "1"), 71, RegistryStatus.NothingToDo);
        Apply(RegistryOperation.Prune(Key(2), "org/model", "1"), 171, RegistryStatus.NotExpired);
        Apply(RegistryOperation.Extend(Key(2), "org/model", "1", 180), 171);
        Apply(RegistryOperation.Prune(Key(2), "org/model", "1"), 180, RegistryStatus.NotExpired);
        Apply(RegistryOperation.LeaseAnew(Key(1), "org/model", "1", new ModelLease(StorageTier.Warm, 190, 8)), 180);
        Apply(RegistryOperation.Archive(Key(1), "org/model", "1"), 181);
        Assert.Equal(290UL, _state.Resolve("org/model").Lease.End);
        Apply(RegistryOperation.Prune(Key(3), "org/model", "1"), 291);
        Assert.Equal(new ModelLease(StorageTier.Pruned, 291, 8), _state.Resolve("org/model@1").Lease);
        Apply(RegistryOperation.LeaseAnew(Key(1), "org/model", "1", hot with { End = 400 }), 291, RegistryStatus.Pruned);
        Apply(RegistryOperation.Extend(Key(1), "org/model", "1", 400), 291, RegistryStatus.Pruned);
        Apply(RegistryOperation.Prune(Key(1), "org/model", "1"), 291, RegistryStatus.Pruned);
        Apply(RegistryOperation.Archive(Key(1), "org/model", "1"), 291, RegistryStatus.Pruned);
        Assert.Empty(_state.Expired(ulong.MaxValue));
    }

    [Fact]
    public void ArchiveEnd_AtTheEndOfSlots_DoesNotWrapRound()
    {
        var state = new RegistryState(new RegistryRules(ulong.MaxValue, ulong.MaxValue));
        Assert.Equal(RegistryStatus.Ok, state.Apply(Publish(1, end: ulong.MaxValue - 1), 1));
        Assert.Equal(RegistryStatus.Ok, state.Apply(RegistryOperation.Archive(Key(1), "org/model", "1"), 1));
        Assert.Equal(ulong.MaxValue, state.Resolve("org/model").Lease.End);
    }

    [Fact]
    public void Parent_ThatIsNeeded_IsPinned()
    {
        Apply(Publish(1), 1);
        ReadOnlyMemory<byte> id = _state.Resolve("org/model").Id;
        Apply(Publish(2, "b", "1", 50, new ModelParent(Digest(7, 7), Lineage.FineTune, false)), 1, RegistryStatus.UnknownParent);
        Apply(Publish(2, "b", "1", 50, new ModelParent(id, Lineage.Adapter, true)), 1);
        Apply(Publish(2, "c", "1", 50, new ModelParent(id, Lineage.FineTune, false)), 1);
        Apply(RegistryOperation.Prune(Key(1), "org/model", "1"), 2, RegistryStatus.Needed);
        Apply(RegistryOperation.Prune(Key(2), "c", "1"), 2);
        Apply(RegistryOperation.Prune(Key(1), "org/model", "1"), 2, RegistryStatus.Needed);
        Apply(RegistryOperation.Prune(Key(2), "b", "1"), 2);
        Apply(RegistryOperation.Prune(Key(1), "org/model", "1"), 2);
        Apply(Publish(2, "b", "2", 50, new ModelParent(id, Lineage.Adapter, true)), 2, RegistryStatus.Pruned);
        Apply(Publish(2, "b", "2", 50, new ModelParent(id, Lineage.FineTune, false)), 2);
        Assert.Equal(id.ToArray(), _state.Resolve("b").Publication.Parents[0].Id.ToArray());
    }

    [Fact]
    public void UnregisteredBases_NeededParentsAndOthers_GivesThoseThatNothingPins()
    {
        var state = new RegistryState(RegistryTesting.Rules);
        ModelPublication pinned = RegistryTesting.Publication("org/pinned", seed: 1), named = RegistryTesting.Publication("org/named", seed: 2);
        foreach (ModelPublication parent in new[] { pinned, named })
            Assert.Equal(RegistryStatus.Ok, state.Apply(RegistryOperation.Publish(RegistryTesting.Key(1), parent), 1));
        ModelPublication child = RegistryTesting.Publication(
            "org/child", seed: 3, parents:
            [
                new ModelParent(state.Resolve("org/pinned@1").Id, Lineage.FineTune, IsNeeded: true),
                new ModelParent(state.Resolve("org/named@1").Id, Lineage.Merge, IsNeeded: false),
            ]);
        Assert.Equal(RegistryStatus.Ok, state.Apply(RegistryOperation.Publish(RegistryTesting.Key(1), child), 2));
        ModelVersion version = state.Resolve("org/child@1");
        ReadOnlyMemory<byte> unknown = RegistryTesting.Digest(9, 2);
        Assert.Empty(state.UnregisteredBases(version, []));
        Assert.Empty(state.UnregisteredBases(version, [pinned.ModelRoot]));
        Assert.Equal([named.ModelRoot, unknown], state.UnregisteredBases(version, [named.ModelRoot, pinned.ModelRoot, unknown]));
        // What a needed parent needs is not pruned either.
        ModelPublication grandchild = RegistryTesting.Publication("org/grandchild", seed: 4, parents: new ModelParent(version.Id, Lineage.FineTune, IsNeeded: true));
        Assert.Equal(RegistryStatus.Ok, state.Apply(RegistryOperation.Publish(RegistryTesting.Key(1), grandchild), 3));
        Assert.Equal([named.ModelRoot], state.UnregisteredBases(state.Resolve("org/grandchild@1"), [pinned.ModelRoot, child.ModelRoot, named.ModelRoot]));
    }
}
