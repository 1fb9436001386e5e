using Prozchain.Rollups.Evm;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Evm;
using C = Prozchain.Rollups.Evm.StateChainContract;
using T = Prozchain.Rollups.Evm.TournamentContract;

namespace Prozchain.Rollups.Tests.Settlement;

/// <summary>Disputes, played by the product's own drivers: who lies loses, whatever it does.</summary>
public abstract class TournamentSuite : RollupSuite
{
    /// <summary>Every driver starts anew at each step: nothing but the settlement layer remembers.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(15)]
    public async Task Claim_ThatIsFalse_FallsWithWhatBuildsUponIt(int step)
    {
        await AppendAsync(3);
        await RunAsync(() => NewProposer(Proposer, Lie(1, step)).StepAsync(Cancellation));
        Digest32 told = (await ClaimAsync(1))[3].ToDigest();
        List<ClaimMove> moves = await RunAsync(
            () => NewChallenger(Honest, Truth).StepAsync(Cancellation),
            () => NewChallenger(Proposer, Lie(1, step)).StepAsync(Cancellation));
        Assert.Contains(ClaimMove.Contested, moves);
        Assert.Equal(TestComputation.Height + 1, moves.Count(move => move == ClaimMove.Played));
        Assert.Equal(2UL, await StatusAsync(1));
        Assert.Equal("AlreadyContested(1)", await World.RevertAsync(
            Stranger, At.StateChain, C.Contest, Bond, C.Errors, [1UL, await ClaimAsync(1), await ClaimAsync(0), .. (await MakeAsync(Truth, 1))[2..]]));

        // The liar has lost its match; that nobody else joins is certain at the end of the period only.
        await World.AdvanceAsync(TimeSpan.FromSeconds(Period));
        await SettleAsync(1, step);
        Assert.NotEqual(told, (await World.EventsAsync(At.StateChain, C.Settled)).Single()[6].ToDigest());
        Assert.Single(await World.EventsAsync(At.StateChain, C.Discarded));
        await World.AdvanceAsync(TimeSpan.FromSeconds(Period));
        await SettleAsync(1, step);
        await World.AdvanceAsync(TimeSpan.FromSeconds(VaultDelay + 10));
        await SettleAsync(1, step);

        ClaimableBatch truth = (await Truth.FindAsync(2, Cancellation))!.Value;
        Assert.Equal(truth.StateRoot, (await ReadAsync(C.StateRoot, 2UL))[0].ToDigest());
        // Whoever keeps a dispute going is repaid, the liar too; the bond is the winner's.
        UInt128 won = await CollectedAsync(Honest), repaid = await CollectedAsync(Proposer);
        Assert.InRange(won, Bond + 1, 2 * Bond - 1);
        Assert.InRange(repaid, (UInt128)0, 10 * Disputes.MoveRefund);
        // Of the liar's three bonds the first, for a claim that was true, came back.
        Assert.Equal(Bond + repaid, await WithdrawnAsync(Proposer));
        Assert.Equal(Bond + won, await WithdrawnAsync(Honest));
        foreach (L1Address contract in new[] { At.StateChain, At.Tournament, At.BondVault }) Assert.Equal((UInt128)0, await World.BalanceOfAsync(contract));
    }

    /// <summary>Liars that contest the truth and then say nothing: their time runs out, again and again.</summary>
    [Fact]
    public async Task Claim_ThatIsTrue_OutlivesSilentLiars()
    {
        await AppendAsync(1);
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        Assert.Equal(ClaimMove.Contested, await NewChallenger(Stranger, Lie(0, 3)).StepAsync(Cancellation));
        for (int i = 0; i < 4; i++) Assert.Equal(ClaimMove.Joined, await NewChallenger(Stranger, Lie(0, 2 + i, $"tale {i}")).StepAsync(Cancellation));
        Assert.Equal("DuplicateClaim()", await World.RevertAsync(Stranger, At.Tournament, T.Join, Bond, T.Errors, await JoinAsync(Truth)));
        Assert.Equal("WrongBond()", await World.RevertAsync(Stranger, At.Tournament, T.Join, Bond + 1, T.Errors, await JoinAsync(Lie(0, 9))));
        Assert.Equal("NoGame(1)", await World.RevertAsync(Stranger, At.Tournament, T.Form, 0, T.Errors, 1UL, 1UL));
        for (int hours = 0; (await World.EventsAsync(At.Tournament, T.Concluded)).Count == 0; hours += 13)
        {
            Assert.True(hours < 24 * 60, "Expected an end.");
            await RunAsync(() => NewChallenger(Proposer, Truth).StepAsync(Cancellation));
            await World.AdvanceAsync(TimeSpan.FromHours(13));
        }
        Assert.Equal("Ended()", await World.RevertAsync(Stranger, At.Tournament, T.Join, Bond, T.Errors, await JoinAsync(Lie(0, 9))));
        await World.AdvanceAsync(TimeSpan.FromSeconds(VaultDelay));
        await RunAsync(() => NewChallenger(Proposer, Truth).StepAsync(Cancellation), () => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        Assert.Equal(5UL, await StatusAsync(0));
        await World.AdvanceAsync(TimeSpan.FromSeconds(VaultDelay + 10));
        await RunAsync(() => NewProposer(Proposer, Truth).StepAsync(Cancellation));
        Assert.True(await WithdrawnAsync(Proposer) > 3 * Bond);
        Assert.Equal((UInt128)0, await World.BalanceOfAsync(At.StateChain) + await World.BalanceOfAsync(At.Tournament) + await World.BalanceOfAsync(At.BondVault));
    }

    private async Task SettleAsync(ulong batch, int step) => await RunAsync(
        () => NewChallenger(Honest, Truth).StepAsync(Cancellation),
        () => NewProposer(Honest, Truth).StepAsync(Cancellation),
        () => NewChallenger(Proposer, Lie(batch, step)).StepAsync(Cancellation));

    private async Task<AbiValue[]> JoinAsync(TestComputation source)
    {
        AbiValue[] made = await MakeAsync(source, 0);
        return [0UL, made[2], made[3], C.LeafOf(made[4].ToDigest(), made[5].ToDigest()), made[6]];
    }

    private async Task<UInt128> CollectedAsync(int account)
    {
        UInt128 sum = 0;
        foreach (AbiValue each in await World.EventsAsync(At.Tournament, T.Collected))
            if (each[1].ToAddress() == World.AddressOf(account)) sum += each[2].ToUInt128();
        return sum;
    }

    private async Task<UInt128> WithdrawnAsync(int account)
    {
        UInt128 sum = 0;
        foreach (AbiValue each in await World.EventsAsync(At.BondVault, BondVaultContract.Withdrawn))
            if (each[0].ToAddress() == World.AddressOf(account)) sum += each[1].ToUInt128();
        return sum;
    }
}

public sealed class TournamentInProcessTests : TournamentSuite
{
    protected override Task<SettlementWorld> StartAsync() => Task.FromResult<SettlementWorld>(new InProcessWorld());
}

[Collection(AnvilCollection.Name)]
public sealed class TournamentOnAnvilTests(AnvilFixture fixture) : TournamentSuite
{
    protected override async Task<SettlementWorld> StartAsync() => await AnvilWorld.StartAsync(fixture);
}
