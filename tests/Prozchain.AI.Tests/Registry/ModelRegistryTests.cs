using Prozchain.AI.Ports;
using Prozchain.AI.Registry;
using static Prozchain.AI.Tests.Registry.RegistryTesting;

namespace Prozchain.AI.Tests.Registry;

public class ModelRegistryTests
{
    [Fact]
    public async Task Submit_TwoReplicasOfOneLedger_ReachTheSameRoot()
    {
        ulong slot = 5;
        var ledger = new InMemoryModelLedger(() => slot);
        using var first = new ModelRegistry(ledger, Rules);
        using var second = new ModelRegistry(ledger, Rules);
        Assert.Equal(RegistryStatus.Ok, await first.SubmitAsync(Publish(1)));
        await ledger.AppendAsync(new byte[] { 9 }, default);
        await ledger.AppendAsync(new byte[RegistryOperation.MaxBytes + 1], default);
        slot = 3;
        Assert.Equal(RegistryStatus.NotOwner, await second.SubmitAsync(Publish(2, version: "2")));
        Assert.Equal(RegistryStatus.Ok, await second.SubmitAsync(RegistryOperation.Retire(Key(1), "org/model", "1")));
        Assert.Equal(1, first.Position);
        Assert.NotEqual(first.Root.ToArray(), second.Root.ToArray());
        Assert.Equal(5, await first.SyncAsync());
        Assert.Equal(second.Root.ToArray(), first.Root.ToArray());
        Assert.Equal([RegistryStatus.Ok, RegistryStatus.UnsupportedVersion, RegistryStatus.Malformed, RegistryStatus.NotOwner, RegistryStatus.Ok],
            Enumerable.Range(0, 5).Select(i => first.OutcomeOf(i)));
        Assert.Throws<ArgumentOutOfRangeException>(() => first.OutcomeOf(5));
        Assert.Equal(RegistryStatus.Ok, first.Resolve("org/model@1", out ModelVersion? version));
        Assert.True(version!.IsRetired);
        Assert.Equal(1, first.Read(state => state.Count));
    }

    [Fact]
    public async Task Submit_FromManyTasks_EveryOneGetsItsOutcome()
    {
        using var registry = new ModelRegistry(new InMemoryModelLedger(), Rules);
        RegistryStatus[] outcomes = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() =>
            registry.SubmitAsync(Publish(1, version: $"{i % 32}", end: 900)).AsTask())));
        Assert.Equal(32, outcomes.Count(o => o == RegistryStatus.Ok));
        Assert.Equal(32, outcomes.Count(o => o == RegistryStatus.AlreadyPublished));
        Assert.Equal(64, registry.Position);
    }

    [Fact]
    public async Task Submit_LedgerThatHidesWhatItTook_IsReported()
    {
        using var registry = new ModelRegistry(new ForgetfulLedger(), Rules);
        await Assert.ThrowsAsync<IOException>(async () => await registry.SubmitAsync(Publish(1)));
        Assert.Equal(0, registry.Position);
    }

    private sealed class ForgetfulLedger : IModelLedger
    {
        public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> operation, CancellationToken cancellationToken) => ValueTask.FromResult(0L);

        public ValueTask<LedgerEntry?> ReadAsync(long position, Memory<byte> destination, CancellationToken cancellationToken) =>
            ValueTask.FromResult<LedgerEntry?>(null);
    }
}
