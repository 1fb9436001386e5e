using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>A settlement layer that reorganises: what the follower has told is always what a fresh reading gives.</summary>
public abstract class SettlementFollowerSuite : SettlementSuite
{
    private const ulong Fee = 1_000_000_000_000_000;

    private L1Address _inbox;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_ThroughReorganisations_GivesTheLogsOfTheChainThatStands()
    {
        var random = new SeededRandom(TestSettings.Seed);
        var follower = new SettlementFollower(World.As(0), [_inbox], 0, range: 30);
        var told = new List<ChainLog>();
        int rollbacks = 0;
        for (int step = 0; step < TestSettings.Scale(60, 1000); step++)
        {
            switch (random.Next(6))
            {
                case < 3: await World.DoAsync(1, _inbox, InboxContract.Enqueue, Fee << 6, AbiValue.Of(random.Bytes(4))); break;
                case 3: for (int i = random.Next(1, 5); i > 0; i--) await World.AdvanceAsync(TimeSpan.FromSeconds(1)); break;
                case 4:
                    while (random.Next(3) != 0 && await ReadAsync()) { }
                    await World.ReorganiseAsync(random.Next(1, 4));
                    break;
                default: while (await ReadAsync()) { } break;
            }
        }
        while (await ReadAsync()) { }
        List<ChainLog> expected = await World.LogsAsync(_inbox);
        Assert.True(expected.Count > 3 && rollbacks > 0, $"{expected.Count} logs, {rollbacks} rollbacks");
        Assert.Equal(expected.Select(log => (log.Block, log.Transaction, log.Index)), told.Select(log => (log.Block, log.Transaction, log.Index)));

        // One who comes late reads the same by ranges.
        var late = new SettlementFollower(World.As(0), [_inbox], 0, range: 7);
        var again = new List<ChainLog>();
        while (await late.ReadAsync(Cancellation) is { } update) again.AddRange(update.Logs);
        Assert.Equal(expected.Select(log => log.Transaction), again.Select(log => log.Transaction));

        async Task<bool> ReadAsync()
        {
            if (await follower.ReadAsync(Cancellation) is not { } update) return false;
            if (update.RolledBackTo is { } standing)
            {
                rollbacks++;
                told.RemoveAll(log => log.Block > standing);
            }
            Assert.All(update.Logs, log => Assert.Contains(log.Block, update.Blocks.Select(block => block.Number)));
            told.AddRange(update.Logs);
            return true;
        }
    }

    protected override async Task PrepareAsync()
    {
        _inbox = await World.DeployAsync("Inbox", World.AddressOf(1), AbiValue.List(), 0UL);
        for (int i = 0; i < 5; i++) await World.AdvanceAsync(TimeSpan.FromSeconds(1));
    }
}

public sealed class SettlementFollowerInProcessTests : SettlementFollowerSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class SettlementFollowerOnAnvilTests(AnvilFixture fixture) : SettlementFollowerSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
