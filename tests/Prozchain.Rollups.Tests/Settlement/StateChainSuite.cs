using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.StateChainContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Claims: who makes them, when they are final, and where their bonds go.</summary>
public abstract class StateChainSuite : RollupSuite
{
    [Fact]
    public async Task Claims_ThatNobodyContests_AreFinalAfterThePeriod()
    {
        await AppendAsync(3);
        ClaimProposer proposer = NewProposer(Proposer, Truth);
        Assert.Equal([ClaimMove.Claimed, ClaimMove.Claimed, ClaimMove.Claimed], await RunAsync(() => proposer.StepAsync(Cancellation)));
        Assert.Equal((1UL, 0UL), (await StatusAsync(2), await StatusAsync(3)));
        Assert.False((await ReadAsync(C.LastFinal))[2].ToBool());
        await World.AdvanceAsync(TimeSpan.FromSeconds(Period - 100));
        AbiValue[] claims = [await ClaimAsync(0), await ClaimAsync(1), await ClaimAsync(2)];
        ClaimableBatch last = (await Truth.FindAsync(2, Cancellation))!.Value, middle = (await Truth.FindAsync(1, Cancellation))!.Value;
        Assert.StartsWith("NotYet(", await RevertAsync(Stranger, C.FinalizeBatches, 0, AbiValue.List(claims), last.StateRoot, last.ExitRoot, true), StringComparison.Ordinal);
        Assert.Equal(ClaimMove.None, await proposer.StepAsync(Cancellation));

        await World.AdvanceAsync(TimeSpan.FromSeconds(200));
        Assert.Equal("UnknownClaim(0)", await RevertAsync(Stranger, C.FinalizeBatches, 0, AbiValue.List(claims[1]), last.StateRoot, last.ExitRoot, true));
        Assert.Equal("WrongRoots()", await RevertAsync(Stranger, C.FinalizeBatches, 0, AbiValue.List(claims), last.StateRoot, Noise(3), true));
        ClaimableBatch none = (await Truth.FindAsync(0, Cancellation))!.Value;
        await World.DoAsync(Stranger, At.StateChain, C.FinalizeBatches, 0, AbiValue.List(claims[0]), none.StateRoot, none.ExitRoot, false);
        Assert.Equal(ClaimMove.Finalized, await proposer.StepAsync(Cancellation));
        Assert.Equal((4UL, 4UL), (await StatusAsync(0), await StatusAsync(2)));
        AbiValue final = await ReadAsync(C.LastFinal);
        Assert.Equal((2UL, true), (final[0].ToUInt64(), final[2].ToBool()));
        Assert.Equal((await World.BlockAsync()).TimestampSeconds, (await ReadAsync(C.LastFinalAt))[0].ToUInt64());
        Assert.True((await ReadAsync(C.IsFinal, 1UL))[0].ToBool());
        Assert.Equal(last.StateRoot, (await ReadAsync(C.StateRoot, 2UL))[0].ToDigest());
        Assert.Equal(default, (await ReadAsync(C.StateRoot, 1UL))[0].ToDigest());
        await World.DoAsync(Stranger, At.StateChain, C.Publish, 0, 1UL, claims[1], middle.StateRoot, middle.ExitRoot);
        Assert.Equal(middle.StateRoot, (await ReadAsync(C.StateRoot, 1UL))[0].ToDigest());
        Assert.Equal(middle.ExitRoot, (await ReadAsync(C.ExitRoot, 1UL))[0].ToDigest());

        Assert.Equal([ClaimMove.Refunded], await RunAsync(() => proposer.StepAsync(Cancellation)));
        Assert.Equal((5UL, 5UL), (await StatusAsync(0), await StatusAsync(2)));
        Assert.Equal(3 * Bond, await World.BalanceOfAsync(At.BondVault));
        await World.AdvanceAsync(TimeSpan.FromSeconds(VaultDelay + 10));
        Assert.Equal([ClaimMove.Withdrawn], await RunAsync(() => proposer.StepAsync(Cancellation)));
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(At.BondVault) + await World.BalanceOfAsync(At.StateChain));
    }

    [Fact]
    public async Task Claims_ThatAreNotInOrder_AreRefused()
    {
        await AppendAsync(2);
        AbiValue[] first = await MakeAsync(Truth, 0), second = await MakeAsync(Truth, 1);
        Assert.Equal($"NotProposer({World.AddressOf(Stranger)})", await RevertAsync(Stranger, C.Propose, Bond, first));
        Assert.Equal("WrongBond(1000000, 999999)", await RevertAsync(Proposer, C.Propose, Bond - 1, first));
        Assert.Equal("NoParent(1)", await RevertAsync(Proposer, C.Propose, Bond, second));
        Assert.Equal("NoBatch(2)", await RevertAsync(Proposer, C.Propose, Bond, [2UL, .. first[1..]]));
        Assert.StartsWith("WrongHead(", await RevertAsync(Proposer, C.Propose, Bond, [0UL, Noise(9), .. first[2..]]), StringComparison.Ordinal);
        Assert.Equal("WrongOpening()", await RevertAsync(Proposer, C.Propose, Bond, [.. first[..4], Noise(9), .. first[5..]]));
        Assert.Equal("WrongOpening()", await RevertAsync(Proposer, C.Propose, Bond, [.. first[..6], AbiValue.List(first[6].Items[1..].ToArray())]));
        await World.DoAsync(Proposer, At.StateChain, C.Propose, Bond, first);
        Assert.Equal("ClaimExists(0)", await RevertAsync(Proposer, C.Propose, Bond, first));
        Assert.StartsWith("NotTournament(", await RevertAsync(Stranger, C.Settle, 0, 0UL, 0UL, false, await ClaimAsync(0)), StringComparison.Ordinal);
        Assert.Equal("NothingToDo()", await RevertAsync(Stranger, C.Refund, 0, AbiValue.List()));
        Assert.Equal("NotFinal(0)", await RevertAsync(Stranger, C.Refund, 0, AbiValue.List(await ClaimAsync(0))));
        Assert.Equal("NotVoid(0)", await RevertAsync(Stranger, C.Discard, 0, 0UL, await ClaimAsync(0)));
        Assert.Equal("NotProven(0)", await RevertAsync(Stranger, C.Prove, 0, 0UL, await ClaimAsync(0), await ClaimAsync(0)));

        // Anyone claims once the proposer has been silent for long enough.
        ClaimProposer stranger = NewProposer(Stranger, Truth);
        Assert.StartsWith("NotYet(", await RevertAsync(Stranger, C.ProposeLate, Bond, [.. second, await ClaimAsync(0)]), StringComparison.Ordinal);
        Assert.Equal(ClaimMove.None, await stranger.StepAsync(Cancellation));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Day));
        Assert.Equal([ClaimMove.Claimed], await RunAsync(() => stranger.StepAsync(Cancellation)));
    }

    [Fact]
    public async Task Proposer_KilledAfterEveryStep_ClaimsOnce()
    {
        await AppendAsync(3);
        // Two at a time, and one that starts anew at every step: as a crash between sending and noting would have it.
        ClaimProposer other = NewProposer(Proposer, Truth);
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation), () => other.StepAsync(Cancellation));
        Assert.Equal([0UL, 1UL, 2UL], (await World.EventsAsync(At.StateChain, C.Claimed)).Select(claimed => claimed[0].ToUInt64()));
        Assert.Equal(3 * Bond, await World.BalanceOfAsync(At.StateChain));
    }

    [Fact]
    public async Task Construction_BelowTheMinimum_Reverts()
    {
        AbiValue[] good = [At.Inbox, At.Tournament, At.BondVault, default(L1Address), World.AddressOf(Proposer), Day, 60UL, 0UL, Bond, 4UL, Noise(1), 0UL];
        Assert.True((await World.CreateAsync("StateChain", good)).IsOk);
        Assert.False((await World.CreateAsync("StateChain", [.. good[..5], Day - 1, .. good[6..]])).IsOk);
        Assert.False((await World.CreateAsync("StateChain", [.. good[..6], 59UL, .. good[7..]])).IsOk);
        Assert.False((await World.CreateAsync("StateChain", [.. good[..9], 33UL, .. good[10..]])).IsOk);
        // Segments are a power of two, at most 256 of them, and nothing without proofs.
        AbiValue[] proven = [.. good[..3], At.Inbox, .. good[4..]];
        foreach (ulong steps in (ulong[])[0, 1, 16]) Assert.True((await World.CreateAsync("StateChain", [.. proven[..11], steps])).IsOk);
        foreach (ulong steps in (ulong[])[3, 32]) Assert.False((await World.CreateAsync("StateChain", [.. proven[..11], steps])).IsOk);
        Assert.False((await World.CreateAsync("StateChain", [.. good[..11], 1UL])).IsOk);
        Assert.False((await World.CreateAsync("StateChain", [.. proven[..9], 9UL, proven[10], 1UL])).IsOk);
        AbiValue[] rules = [At.StateChain, At.BondVault, At.Inbox, 4UL, RollupDeployment.Rules(Disputes)];
        Assert.True((await World.CreateAsync("Tournament", rules)).IsOk);
        foreach (var bad in new[] { Disputes with { Bond = 199_999 }, Disputes with { MoveRefund = 100_001 }, Disputes with { GracePeriod = 0 }, Disputes with { GroupSize = 17 }, Disputes with { GracePeriod = 500 } })
            Assert.False((await World.CreateAsync("Tournament", [.. rules[..4], RollupDeployment.Rules(bad)])).IsOk);
    }

    private Task<string> RevertAsync(int account, AbiFunction function, UInt128 value, params AbiValue[] arguments) => World.RevertAsync(account, At.StateChain, function, value, C.Errors, arguments);
}

public sealed class StateChainInProcessTests : StateChainSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class StateChainOnAnvilTests(AnvilFixture fixture) : StateChainSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
