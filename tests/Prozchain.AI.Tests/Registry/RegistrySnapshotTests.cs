using System.Buffers;
using Prozchain.AI.Ports;
using Prozchain.AI.Registry;
using Prozchain.Testing;
using static Prozchain.AI.Tests.Registry.RegistryTesting;

namespace Prozchain.AI.Tests.Registry;

public class RegistrySnapshotTests
{
    /// <summary>A replica that begins from a snapshot, wherever it was made, goes on as one that saw everything.</summary>
    [Fact]
    public async Task TryOpen_AtAnyPosition_GoesOnAsAReplicaThatSawEverything()
    {
        var random = new SeededRandom(TestSettings.Seed);
        for (int round = 0; round < 20; round++)
        {
            (RegistryOperation Operation, ulong Slot)[] operations = RegistryLawTests.Generate(random, 120);
            int at = random.Next(0, operations.Length + 1), appended = 0;
            var ledger = new CountingLedger(() => operations[appended++].Slot);
            using var all = new ModelRegistry(ledger, Rules);
            for (int i = 0; i < at; i++) await all.SubmitAsync(operations[i].Operation, Token);
            (byte[] snapshot, RegistryCheckpoint checkpoint) = Snapshot(all);
            Assert.Equal(at, checkpoint.Position);
            Assert.Equal(all.Root.ToArray(), checkpoint.Root.ToArray());
            Assert.Equal(RegistryStatus.Ok, ModelRegistry.TryOpen(ledger, Rules, checkpoint, snapshot, out ModelRegistry? opened));
            using ModelRegistry later = opened!;
            Assert.Equal(snapshot, Snapshot(later).Bytes);
            for (int i = at; i < operations.Length; i++) await all.SubmitAsync(operations[i].Operation, Token);
            ledger.Reads = 0;
            Assert.Equal(operations.Length, await later.SyncAsync(Token));
            Assert.Equal(operations.Length - at + 1, ledger.Reads);
            Assert.Equal(all.Root.ToArray(), later.Root.ToArray());
            for (int i = at; i < operations.Length; i++) Assert.Equal(all.OutcomeOf(i), later.OutcomeOf(i));
            if (at > 0) Assert.Throws<ArgumentOutOfRangeException>(() => later.OutcomeOf(at - 1));
            foreach (string name in RegistryLawTests.Names)
            {
                Assert.Equal(all.Resolve(name, out ModelVersion? expected), later.Resolve(name, out ModelVersion? got));
                Assert.Equal((expected?.ToString(), expected?.Number, expected?.PublishedAt, expected?.Lease, expected?.Price, expected?.IsRetired),
                    (got?.ToString(), got?.Number, got?.PublishedAt, got?.Lease, got?.Price, got?.IsRetired));
                Assert.Equal(all.Read(s => s.OwnerOf(name).ToArray()), later.Read(s => s.OwnerOf(name).ToArray()));
            }
        }
    }

    [Fact]
    public void TryOpen_OtherRootRulesOrBytes_IsRefusedByName()
    {
        (byte[] snapshot, RegistryCheckpoint checkpoint) = Snapshot(Known());
        Assert.Equal(RegistryStatus.WrongRoot, Open(snapshot, checkpoint with { Root = new byte[32] }));
        Assert.Equal(RegistryStatus.WrongRoot, Open(snapshot, checkpoint, Rules with { ArchiveSlots = 1 }));
        Assert.Equal(RegistryStatus.TrailingBytes, Open([.. snapshot, 0], checkpoint));
        Assert.Equal(RegistryStatus.UnsupportedVersion, Open([2, .. snapshot[1..]], checkpoint));
        for (int length = 0; length < snapshot.Length; length++) Assert.NotEqual(RegistryStatus.Ok, Open(snapshot[..length], checkpoint));
        Assert.Throws<ArgumentException>(() => Open(snapshot, checkpoint with { Root = new byte[31] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Open(snapshot, checkpoint with { Position = -1 }));
        // A count alone takes no memory.
        Assert.Equal(RegistryStatus.LimitExceeded, Open([1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], checkpoint));
        Assert.Equal(RegistryStatus.Malformed, Open([1, 0, 0xFF, 0xFF, 0xFF, 0x0F], checkpoint));
    }

    [Fact]
    public void TryOpen_AnyBitChanged_IsRefused()
    {
        (byte[] snapshot, RegistryCheckpoint checkpoint) = Snapshot(Known());
        for (int bit = 0; bit < 8 * snapshot.Length; bit++)
        {
            byte[] flipped = [.. snapshot];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(Open(flipped, checkpoint) != RegistryStatus.Ok, $"Bit {bit} of the snapshot does not matter.");
        }
    }

    [Fact]
    public void TryOpen_HostileBytes_NeverThrowsAndOnlyTheStateIsBelieved()
    {
        (byte[] snapshot, RegistryCheckpoint checkpoint) = Snapshot(Known());
        HostileBytes.Feed([snapshot], bytes =>
        {
            if (Open(bytes.ToArray(), checkpoint) == RegistryStatus.Ok) Assert.True(bytes.SequenceEqual(snapshot), "A second encoding of one state was accepted.");
        }, 20_000);
    }

    [Fact]
    public void WriteSnapshot_KnownState_IsFrozen() => Fixtures.AssertFrozen(Fixtures.RegistrySnapshots, [Snapshot(Known()).Bytes]);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    // Every kind of record in every state: retired, archived, pruned, handed over, with parents, sold at another price.
    private static ModelRegistry Known()
    {
        ulong slot = 3;
        var registry = new ModelRegistry(new InMemoryModelLedger(() => slot++), Rules);
        ReadOnlyMemory<byte> parent = default;
        foreach (Func<RegistryOperation> next in (ReadOnlySpan<Func<RegistryOperation>>)
        [
            () => Publish(1), () => Publish(1, version: "2"),
            () => Publish(2, "b", "1", 60, new ModelParent(parent, Lineage.Adapter, true)), () => Publish(2, "b/c", "0.1+x", 70, new ModelParent(parent, Lineage.Merge, false)),
            () => RegistryOperation.Retire(Key(1), "org/model", "2"), () => RegistryOperation.SetPrice(Key(2), "b", "1", 1_000_000),
            () => RegistryOperation.Archive(Key(1), "org/model", "2"), () => RegistryOperation.Prune(Key(2), "b/c", "0.1+x"), () => RegistryOperation.Transfer(Key(2), "b", Key(3)),
        ])
        {
            Assert.Equal(RegistryStatus.Ok, registry.SubmitAsync(next()).AsTask().GetAwaiter().GetResult());
            if (parent.IsEmpty) parent = registry.Read(s => s.Resolve("org/model").Id);
        }
        return registry;
    }

    private static (byte[] Bytes, RegistryCheckpoint Checkpoint) Snapshot(ModelRegistry registry)
    {
        var output = new ArrayBufferWriter<byte>();
        RegistryCheckpoint checkpoint = registry.WriteSnapshot(output);
        return (output.WrittenSpan.ToArray(), checkpoint);
    }

    private static RegistryStatus Open(byte[] snapshot, RegistryCheckpoint checkpoint, RegistryRules? rules = null)
    {
        RegistryStatus status = ModelRegistry.TryOpen(new InMemoryModelLedger(), rules ?? Rules, checkpoint, snapshot, out ModelRegistry? registry);
        Assert.Equal(status == RegistryStatus.Ok, registry is not null);
        registry?.Dispose();
        return status;
    }

    private sealed class CountingLedger(Func<ulong> slot) : IModelLedger
    {
        private readonly InMemoryModelLedger _inner = new(slot);

        public int Reads { get; set; }

        public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> operation, CancellationToken cancellationToken) => _inner.AppendAsync(operation, cancellationToken);

        public ValueTask<LedgerEntry?> ReadAsync(long position, Memory<byte> destination, CancellationToken cancellationToken)
        {
            Reads++;
            return _inner.ReadAsync(position, destination, cancellationToken);
        }
    }
}
