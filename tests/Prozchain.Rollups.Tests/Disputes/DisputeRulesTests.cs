using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Settlement;

namespace Prozchain.Rollups.Tests.Disputes;

/// <summary>Who may do what when, and what it costs.</summary>
public sealed class DisputeRulesTests : ContractTest
{
    [Fact]
    public void Challenge_ThatIsNotAllowed_IsRefused()
    {
        Propose();
        Assert.Equal(SettlementResult.NotChallengeable, Send(Setup.Watcher, new ChallengeCall(1)));
        Assert.Equal(SettlementResult.NotPermitted, Send(Setup.Poster, new ChallengeCall(0)));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Watcher, new ChallengeCall(0)));
        Assert.Equal(SettlementResult.NotChallengeable, Send(Setup.Watcher, new ChallengeCall(0)));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Stranger, new ChallengeCall(0)));
        Assert.Equal((AssertionStatus.Challenged, 2), (Contract.FindAssertion(0)!.Status, Contract.FindAssertion(0)!.OpenDisputes));
    }

    [Fact]
    public void Challenge_AfterTheWindow_IsRefused()
    {
        Propose();
        Height = Parameters.ChallengeWindow + 1;
        Assert.Equal(SettlementResult.NotChallengeable, Send(Setup.Watcher, new ChallengeCall(0)));
        Assert.Equal(AssertionStatus.Final, Contract.FindAssertion(0)!.Status);
        Assert.Equal(World.Deposit, Contract.FindActor(Setup.Poster.Address)!.Value.Free);
    }

    [Fact]
    public void Moves_OutOfTurn_AreRefused()
    {
        BatchTrace trace = Propose(count: 8);
        Send(Setup.Watcher, new ChallengeCall(0));
        var bisect = new BisectCall(0, 4, trace[4], trace.Open(4));
        Assert.Equal(SettlementResult.NoDispute, Send(Setup.Poster, bisect with { DisputeId = 1 }));
        Assert.Equal(SettlementResult.NotYourMove, Send(Setup.Watcher, new RespondCall(0, 4, true)));
        Assert.Equal(SettlementResult.NotYourMove, Send(Setup.Watcher, bisect));
        Assert.Equal(SettlementResult.NotYourMove, Send(Setup.Watcher, new ProveStepCall(0, default, default)));
        Assert.Equal(SettlementResult.WrongPosition, Send(Setup.Poster, bisect with { Position = 5 }));
        Assert.Equal(SettlementResult.WrongTrace, Send(Setup.Poster, bisect with { Root = World.Root(5) }));
        Assert.Equal(SettlementResult.WrongTrace, Send(Setup.Poster, bisect with { Proof = trace.Open(5) }));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, bisect));
        Assert.Equal(SettlementResult.NotYourMove, Send(Setup.Poster, bisect));
        Assert.Equal(SettlementResult.NotYourMove, Send(Setup.Stranger, new RespondCall(0, 4, true)));
        Assert.Equal(SettlementResult.WrongPosition, Send(Setup.Watcher, new RespondCall(0, 3, true)));
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Watcher, new RespondCall(0, 4, true)));
        Assert.Equal((4, 8, 6), (Contract.FindDispute(0)!.Low, Contract.FindDispute(0)!.High, Contract.FindDispute(0)!.Middle));
        Assert.Equal(DisputePhase.Bisect, Contract.FindDispute(0)!.Phase);
    }

    [Fact]
    public void Clocks_AreSharedByAllMovesOfASide()
    {
        BatchTrace trace = Propose(count: 8);
        Send(Setup.Watcher, new ChallengeCall(0));
        long clock = Parameters.DisputeClock;
        Height += clock;
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Poster, new BisectCall(0, 4, trace[4], trace.Open(4))));
        Assert.Equal((0L, clock), (Contract.FindDispute(0)!.AsserterClock, Contract.FindDispute(0)!.ChallengerClock));
        Height += 3;
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Watcher, new RespondCall(0, 4, false)));
        Assert.Equal(clock - 3, Contract.FindDispute(0)!.ChallengerClock);
        // The asserter has no height left: it must move within this one.
        Height += 1;
        Assert.Equal(SettlementResult.NoDispute, Send(Setup.Poster, new BisectCall(0, 2, trace[2], trace.Open(2))));
        Assert.Equal(DisputePhase.ChallengerWon, Contract.FindDispute(0)!.Phase);
    }

    [Fact]
    public void ChallengerThatDoesNotRespond_Loses_AndTheWindowOpensAgain()
    {
        BatchTrace trace = Propose(count: 2);
        Send(Setup.Stranger, new ChallengeCall(0));
        Send(Setup.Poster, new BisectCall(0, 1, trace[1], trace.Open(1)));
        Contract.AdvanceTo(Parameters.DisputeClock + 1, Events);
        Assert.Equal(DisputePhase.AsserterWon, Contract.FindDispute(0)!.Phase);
        Assert.Equal(AssertionStatus.Challenged, Contract.FindAssertion(0)!.Status);
        // A challenger that lost on purpose has not shut the door on an honest one.
        Height = Parameters.DisputeClock + 1 + Parameters.ChallengeWindow;
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Watcher, new ChallengeCall(0)));
    }

    [Fact]
    public void StepThatNobodyProves_IsLostForTheAsserter()
    {
        Propose(count: 1);
        Send(Setup.Watcher, new ChallengeCall(0));
        Assert.Equal(DisputePhase.ProveStep, Contract.FindDispute(0)!.Phase);
        Contract.AdvanceTo(Parameters.StepWindow, Events);
        Assert.True(Contract.FindDispute(0)!.IsOpen);
        Contract.AdvanceTo(Parameters.StepWindow + 1, Events);
        Assert.Equal(DisputePhase.ChallengerWon, Contract.FindDispute(0)!.Phase);
    }

    [Fact]
    public void Rejection_TakesDescendantsAndTheirDisputesAlong()
    {
        BatchTrace first = Propose(count: 1);
        for (int i = 1; i < 4; i++) Send(Setup.Poster, Post(i) with { TransferCount = 1 });
        BatchTrace second = Trace(first.PostRoot, 1, 2), third = Trace(second.PostRoot, 1, 3);
        Send(Setup.Rescuer, World.AssertionOf(1, second));
        Send(Setup.Poster, World.AssertionOf(2, third));
        Send(Setup.Stranger, new ChallengeCall(1));
        Send(Setup.Watcher, new ChallengeCall(0));
        Send(Setup.Stranger, new ChallengeCall(0));
        Height = 5;
        Contract.AdvanceTo(5, Events);
        Assert.Equal(3, Contract.OpenDisputes.Count);
        Contract.AdvanceTo(Parameters.StepWindow + 1, Events);
        Assert.Empty(Contract.OpenDisputes);
        Assert.Equal(0, Contract.AssertedCount);
        for (int i = 0; i < 3; i++) Assert.Equal(AssertionStatus.Rejected, Contract.FindAssertion(i)!.Status);
        // The dispute on the child came first and cost the rescuer its bond; the rest got theirs back but the first asserter.
        Assert.Equal(Contract.TotalUnits, 4 * World.Deposit);
        Assert.All((HashSigner[])[Setup.Poster, Setup.Watcher, Setup.Stranger, Setup.Rescuer], actor => Assert.Equal(0UL, Contract.FindActor(actor.Address)!.Value.Bonded));
        Height = 20;
        Assert.Equal(SettlementResult.Accepted, Send(Setup.Rescuer, World.AssertionOf(0, first)));
    }

    [Fact]
    public void Child_IsNeverFinalBeforeItsParent()
    {
        BatchTrace first = Propose(count: 2);
        Send(Setup.Poster, Post(1) with { TransferCount = 1 });
        Send(Setup.Poster, World.AssertionOf(1, Trace(first.PostRoot, 1, 2)));
        long window = Parameters.ChallengeWindow;
        Height = window;
        Send(Setup.Stranger, new ChallengeCall(0));
        Contract.AdvanceTo(window + 5, Events);
        Assert.Equal((0L, AssertionStatus.Proposed), (Contract.FinalCount, Contract.FindAssertion(1)!.Status));
        Height = window + 5;
        Send(Setup.Poster, new BisectCall(0, 1, first[1], first.Open(1)));
        Contract.AdvanceTo(10 * window, Events);
        Assert.Equal(2, Contract.FinalCount);
        SettlementEvent[] finals = [.. Events.Where(happened => happened.Kind == SettlementEventKind.Finalized)];
        Assert.Equal([0L, 1L], finals.Select(happened => happened.BatchIndex));
        Assert.Equal(finals[0].Height, finals[1].Height);
    }
}
