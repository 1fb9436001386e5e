using System.Collections.Immutable;
using Prozchain.AI.Registry;
using Prozchain.Testing;
using static Prozchain.AI.Tests.Registry.RegistryTesting;

namespace Prozchain.AI.Tests.Registry;

public class RegistryOperationTests
{
    private static readonly RegistryOperation[] s_all =
    [
        RegistryOperation.Publish(Key(1), Publication(seed: 3, parents: [new ModelParent(Digest(1, 9), Lineage.Quantised, true), new ModelParent(Digest(2, 9), Lineage.Merge, false)])),
        RegistryOperation.Publish(Key(1), Publication(name: "a", version: "0.1.0-rc.1+x86", tier: StorageTier.Hot)),
        RegistryOperation.Retire(Key(1), "org/model", "1"),
        RegistryOperation.LeaseAnew(Key(1), "org/model", "1", new ModelLease(StorageTier.Hot, 1UL << 40, ulong.MaxValue)),
        RegistryOperation.Extend(Key(1), "org/model", "1", 300),
        RegistryOperation.Archive(Key(1), "org/model", "1"),
        RegistryOperation.Prune(Key(1), "org/model", "1"),
        RegistryOperation.SetPrice(Key(1), "org/model", "1", 5_000),
        RegistryOperation.Transfer(Key(1), "org", Key(2)),
    ];

    [Fact]
    public void Write_EveryKind_ReadsBackAndIsFrozen()
    {
        byte[][] encodings = [.. s_all.Select(Encode)];
        foreach (byte[] encoding in encodings)
        {
            Assert.Equal(RegistryStatus.Ok, RegistryOperation.TryRead(encoding, out RegistryOperation? read));
            Assert.Equal(encoding, Encode(read!));
            Assert.Equal(Key(1), read!.Actor.ToArray());
            for (int length = 0; length < encoding.Length; length++) Assert.NotEqual(RegistryStatus.Ok, RegistryOperation.TryRead(encoding.AsSpan(0, length), out _));
            Assert.Equal(RegistryStatus.TrailingBytes, RegistryOperation.TryRead([.. encoding, 0], out _));
        }
        Fixtures.AssertFrozen(Fixtures.RegistryOperations, encodings);
    }

    [Fact]
    public void Write_LongestOperation_FitsTheBound()
    {
        ModelParent[] parents = [.. Enumerable.Range(0, 16).Select(i => new ModelParent(Digest(i, 8), Lineage.Other, true))];
        RegistryOperation longest = RegistryOperation.Publish(Key(1), new ModelPublication
        {
            Name = new string('n', 128), Version = new string('v', 64), Licence = new string('~', 256), Quantisation = new string('q', 32), Size = long.MaxValue,
            ManifestId = Digest(1, 1), ModelRoot = Digest(1, 2), AuditRoot = Digest(1, 3), GraphDigest = Digest(1, 4), EngineVersion = uint.MaxValue,
            Parents = ImmutableArray.Create(parents), Lease = new ModelLease(StorageTier.Warm, ulong.MaxValue, ulong.MaxValue), Price = ulong.MaxValue,
        });
        Assert.InRange(Encode(longest).Length, 1_000, RegistryOperation.MaxBytes);
    }

    [Fact]
    public void TryRead_Refusals_HaveTheirNames()
    {
        byte[] publish = Encode(s_all[1]);
        static RegistryStatus Read(byte[] bytes) => RegistryOperation.TryRead(bytes, out _);
        static byte[] Set(byte[] bytes, int at, byte value) { byte[] copy = [.. bytes]; copy[at] = value; return copy; }
        Assert.Equal(RegistryStatus.UnsupportedVersion, Read(Set(publish, 0, 2)));
        Assert.Equal(RegistryStatus.UnknownKind, Read(Set(publish, 1, 0)));
        Assert.Equal(RegistryStatus.UnknownKind, Read(Set(publish, 1, 9)));
        Assert.Equal(RegistryStatus.InvalidName, Read(Set(publish, 35, (byte)'A')));
        Assert.Equal(RegistryStatus.InvalidName, Read(Set(publish, 35, 0xC3)));
        Assert.Equal(RegistryStatus.InvalidVersion, Read(Set(publish, 37, (byte)'-')));
        Assert.Equal(RegistryStatus.Malformed, Read([]));
        // A longer varint for the price that is the last field.
        byte[] price = Encode(RegistryOperation.SetPrice(Key(1), "a", "1", 5));
        Assert.Equal(RegistryStatus.Malformed, Read([.. price[..^1], 0x85, 0x00]));
    }

    [Fact]
    public void Make_Misuse_IsToldWithWhatIsWrong()
    {
        static void Refused(string what, Func<RegistryOperation> make) => Assert.Contains(what, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
        Refused("32", () => RegistryOperation.Retire(new byte[31], "a", "1"));
        Refused("InvalidName", () => RegistryOperation.Retire(Key(1), "a/", "1"));
        Refused("InvalidVersion", () => RegistryOperation.Retire(Key(1), "a", "V"));
        Refused("InvalidName", () => RegistryOperation.Transfer(Key(1), "a/b", Key(2)));
        Refused("32", () => RegistryOperation.Transfer(Key(1), "a", new byte[33]));
        Refused("InvalidLease", () => RegistryOperation.LeaseAnew(Key(1), "a", "1", new ModelLease(StorageTier.Archived, 1, 1)));
        Refused("InvalidParents", () => RegistryOperation.Publish(Key(1), Publication(parents: [new ModelParent(Digest(1, 1), Lineage.Merge, false), new ModelParent(Digest(1, 1), Lineage.Other, true)])));
        Refused("InvalidParents", () => RegistryOperation.Publish(Key(1), Publication(parents: [new ModelParent(Digest(1, 1), (Lineage)6, false)])));
        static ModelPublication Other(string licence = "x", string quantisation = "", long size = 1, byte[]? manifest = null) => new()
        {
            Name = "a", Version = "1", ManifestId = manifest ?? Digest(1, 1), ModelRoot = Digest(1, 2), AuditRoot = Digest(1, 3), Size = size, Licence = licence,
            Quantisation = quantisation, Lease = new ModelLease(StorageTier.Hot, 1, 1),
        };
        Refused("InvalidText", () => RegistryOperation.Publish(Key(1), Other(licence: "")));
        Refused("InvalidText", () => RegistryOperation.Publish(Key(1), Other(licence: "é")));
        Refused("InvalidText", () => RegistryOperation.Publish(Key(1), Other(quantisation: "Q")));
        Refused("InvalidSize", () => RegistryOperation.Publish(Key(1), Other(size: 0)));
        Refused("Malformed", () => RegistryOperation.Publish(Key(1), Other(manifest: new byte[31])));
    }

    [Fact]
    public void Apply_HostileBytes_NeverThrowsAndRefusalsChangeNothing()
    {
        RegistryState state = null!;
        byte[] root = [];
        int applied = 0, refused = 0;
        HostileBytes.Feed([.. s_all.Select(Encode), Encode(Publish(1, "b", "1"))], bytes =>
        {
            // Begun anew now and then: what is pruned refuses all that follows.
            if ((applied + refused) % 50 == 0)
            {
                state = new RegistryState(Rules);
                state.Apply(Publish(1), 1);
                root = state.Root.ToArray();
            }
            RegistryStatus status = state.Apply(bytes, 1);
            byte[] now = state.Root.ToArray();
            Assert.Equal(status == RegistryStatus.Ok, !now.AsSpan().SequenceEqual(root));
            root = now;
            _ = status == RegistryStatus.Ok ? applied++ : refused++;
        }, 20_000);
        Assert.InRange(applied, 10, 10_000);
        Assert.InRange(refused, 1_000, 20_000);
    }
}
