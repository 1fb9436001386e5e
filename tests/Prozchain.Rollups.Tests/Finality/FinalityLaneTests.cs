using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Finality;
using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Tests.Finality;

public sealed class FinalityLaneTests : FinalityTest
{
    [Fact]
    public void Optimistic_IsFinalAfterThePeriod_ParentFirst()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        Propose(lane, null, Tree(1), 0);
        Propose(lane, 0, Tree(2), 10);
        lane.Advance(7 * Day - 1);
        Assert.Null(lane.LastFinal);
        Assert.Equal(FinalityResult.NotChallengeable, lane.Challenge(0, 7 * Day));
        Assert.Equal((0, World.Root(107), 7 * Day), (lane.LastFinal!.Id, lane.FinalRoot, lane.LastFinalAt));
        // Looked at late, it was final in time all the same.
        lane.Advance(30 * Day);
        Assert.Equal((1, 7 * Day + 10), (lane.LastFinal.Id, lane.LastFinalAt));
        Assert.Equal(FinalityResult.Accepted, lane.Refund(1, 30 * Day));
        Assert.Equal(FinalityResult.AlreadyDone, lane.Refund(1, 30 * Day));
        Assert.Equal(FinalityStatus.Refunded, lane.Claims[1].Status);
    }

    [Fact]
    public void OpenDispute_HoldsUpAClaimAndItsChildren()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        Propose(lane, null, Tree(1), 0);
        Propose(lane, 0, Tree(2), 0);
        Assert.Equal(FinalityResult.Accepted, lane.Challenge(0, Day));
        lane.Advance(20 * Day);
        Assert.Equal((FinalityStatus.Challenged, FinalityStatus.Proposed), (lane.Claims[0].Status, lane.Claims[1].Status));
        Assert.Equal(FinalityResult.Accepted, lane.Settle(0, stands: true, 20 * Day));
        Assert.Equal(FinalityResult.NoDispute, lane.Settle(0, stands: true, 20 * Day));
        Assert.Equal((1, 20 * Day), (lane.LastFinal!.Id, lane.LastFinalAt));
    }

    [Fact]
    public void ClaimThatFalls_TakesItsChildrenAlong_AndMakesRoom()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Optimistic));
        Propose(lane, null, Tree(1, lieAt: 3), 0);
        Propose(lane, 0, Tree(2), 1);
        Propose(lane, 1, Tree(3), 1);
        Assert.Equal(FinalityResult.DuplicateClaim, lane.Propose(null, Tree(1).Claim, Steps, 2));
        Assert.Equal(FinalityResult.NoDispute, lane.Settle(0, stands: false, 3));
        Assert.Equal(FinalityResult.Accepted, lane.Challenge(0, 3));
        Assert.Equal(FinalityResult.AlreadyDone, lane.Challenge(0, 3));
        lane.Advance(8 * Day);
        Assert.Null(lane.LastFinal);
        Assert.Equal(FinalityResult.Accepted, lane.Settle(0, stands: false, 9 * Day));
        for (int id = 0; id < 3; id++) Assert.True(lane.Claims[id] is { IsRejected: true, Status: FinalityStatus.Refunded, FinalAt: null });
        Assert.Equal(FinalityResult.AlreadyDone, lane.Challenge(0, 9 * Day));
        Assert.Equal(FinalityResult.NotChallengeable, lane.Challenge(1, 9 * Day));
        Assert.Equal(FinalityResult.NotFinal, lane.Refund(0, 9 * Day));
        Assert.Equal(FinalityResult.WrongParent, lane.Propose(1, Tree(4).Claim, Steps, 9 * Day));
        Propose(lane, null, Tree(1), 9 * Day);
        lane.Advance(16 * Day);
        Assert.Equal((3, 16 * Day), (lane.LastFinal!.Id, lane.LastFinalAt));
        Assert.Equal(FinalityResult.WrongParent, lane.Propose(null, Tree(4).Claim, Steps, 16 * Day));
        Propose(lane, 3, Tree(4), 16 * Day);
    }

    [Fact]
    public void Validity_IsFinalTenMinutesAfterTheLastProof()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Validity));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        Assert.Equal(FinalityResult.NotChallengeable, lane.Challenge(0, 0));
        for (int segment = 3; segment >= 0; segment--) Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, tree, segment, 1_000));
        Assert.Equal(FinalityStatus.Proven, lane.Claims[0].Status);
        lane.Advance(1_599);
        Assert.Null(lane.LastFinal);
        lane.Advance(1_600);
        Assert.Equal(1_600UL, lane.LastFinalAt);
    }

    [Fact]
    public void Validity_NeverIsFinalWithoutAProof()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Validity));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        for (int segment = 0; segment < 3; segment++) Prove(lane, 0, tree, segment, 0);
        Assert.False(lane.IsExitDue(lane.Exit.Seconds - 1));
        Assert.True(lane.IsExitDue(lane.Exit.Seconds));
        Assert.Null(lane.LastFinal);
    }

    /// <summary>Any amount of trusted hardware leaves the wait as it was; with one validity proof a segment it counts.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void HardwareAlone_NeverShortens(int agreeing)
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid, agreeing));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        for (int system = 0; system < 6; system++)
            for (int segment = 0; segment < 4; segment++) Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, tree, segment, 0, EvidenceKind.TeeAttestation, system));
        lane.Advance(7 * Day - 1);
        Assert.Equal(FinalityStatus.Proposed, lane.Claims[0].Status);
        for (int segment = 0; segment < 4; segment++) Prove(lane, 0, tree, segment, 7 * Day - 1_000);
        lane.Advance(7 * Day - 400);
        Assert.Equal(7 * Day - 400, lane.LastFinalAt);
    }

    [Fact]
    public void TwoAgreeingSystems_AreNeededWhereTheyAreDemanded()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid, agreeing: 2));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        for (int segment = 0; segment < 4; segment++) Prove(lane, 0, tree, segment, 0);
        Assert.Equal(FinalityResult.AlreadyDone, Prove(lane, 0, tree, 0, 0));
        Assert.NotEqual(FinalityStatus.Proven, lane.Claims[0].Status);
        for (int segment = 0; segment < 4; segment++) Prove(lane, 0, tree, segment, 0, system: 1);
        Assert.Equal(FinalityStatus.Proven, lane.Claims[0].Status);
    }

    [Fact]
    public void ProofOfAnotherRoot_EndsAClaim_HardwareDoesNot()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid));
        ClaimTree lie = Tree(1, lieAt: 3), truth = Tree(1);
        Propose(lane, null, lie, 0);
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, lie, 1, 2, EvidenceKind.TeeAttestation));
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, lie, 1, 2, EvidenceKind.TeeAttestation, 1, truth.Leaf(3)));
        Assert.False(lane.Claims[0].IsRejected);
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, lie, 1, 2, proven: truth.Leaf(3)));
        Assert.True(lane.Claims[0].IsRejected);
        Assert.False(lane.IsHalted);
        Propose(lane, null, truth, 3);
        lane.Advance(7 * Day + 3);
        Assert.Equal((1, 7 * Day + 3), (lane.LastFinal!.Id, lane.LastFinalAt));
    }

    /// <summary>What a broken system had proven counts no more, and stops nobody from disputing it; the rest goes on where it was.</summary>
    [Fact]
    public void TwoProofsOfDifferentRoots_HaltTheLane_UntilItIsResumed()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        Propose(lane, 0, Tree(2), 0);
        for (int segment = 0; segment < 4; segment++) Prove(lane, 1, Tree(2), segment, 1);
        Assert.Equal(FinalityStatus.Proven, lane.Claims[1].Status);
        Assert.Equal(FinalityResult.NotChallengeable, lane.Challenge(1, 2));
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, tree, 1, 2));
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, tree, 1, 2, proven: World.Root(9)));
        Assert.True(lane.IsHalted && !lane.Claims[0].IsRejected);
        Assert.Equal(FinalityResult.Halted, lane.Propose(1, Tree(5).Claim, Steps, 4));
        Assert.Equal(FinalityResult.Halted, Prove(lane, 0, tree, 2, 3));
        Assert.Equal(FinalityResult.Accepted, lane.Challenge(1, 4));
        Assert.Equal(FinalityResult.Accepted, lane.Settle(1, stands: true, 5));
        Assert.True(lane.IsExitDue(lane.Exit.Seconds));
        Assert.Null(lane.LastFinal);
        lane.Resume(80 * Day);
        Assert.False(lane.Claims[0].IsProven(1));
        Assert.Equal((1, 80 * Day), (lane.LastFinal!.Id, lane.LastFinalAt));
        Propose(lane, 1, Tree(5), 81 * Day);
        lane.Advance(88 * Day);
        Assert.Equal(2, lane.LastFinal!.Id);
    }

    /// <summary>A lie, too, ends only once enough systems say so; and what they said counts for the claim that comes after it.</summary>
    [Fact]
    public void Evidence_OutlivesTheClaim()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid, agreeing: 2));
        ClaimTree lie = Tree(1, lieAt: 3), truth = Tree(1);
        Propose(lane, null, lie, 0);
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, lie, 1, 2, proven: truth.Leaf(3)));
        Assert.False(lane.Claims[0].IsRejected);
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, lie, 1, 3, EvidenceKind.TeeAttestation, proven: truth.Leaf(3)));
        Assert.True(lane.Claims[0].IsRejected);
        Propose(lane, null, truth, 4);
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 1, truth, 1, 5));
        Assert.True(lane.Claims[1].IsProven(1));
    }

    [Fact]
    public void Openings_AreChecked()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        SegmentProof good = ProofTarget.At(lane.Parameters, World.Root(0), tree, 2).Submit(tree, EvidenceKind.ValidityProof, 0, tree.Leaf(5), Valid);
        SegmentProof[] bad =
        [
            good with { Segment = 1 }, good with { Segment = -1 }, good with { Segment = 4 }, good with { PreRoot = World.Root(0) },
            good with { ClaimedRoot = World.Root(0) }, good with { PreOpening = default }, good with { ClaimedOpening = good.PreOpening },
        ];
        foreach (SegmentProof proof in bad) Assert.Equal(FinalityResult.WrongOpening, lane.Prove(0, proof, 0));
        Assert.Equal(FinalityResult.WrongProof, lane.Prove(0, good with { Proof = default }, 0));
        Assert.Equal(FinalityResult.WrongProof, lane.Prove(0, good with { System = 32 }, 0));
        Assert.Equal(FinalityResult.NoClaim, lane.Prove(1, good, 0));
        Assert.Equal(FinalityResult.Accepted, lane.Prove(0, good, 0));
        Assert.Equal(FinalityResult.WrongLength, lane.Propose(0, tree.Claim, 0, 0));
        Assert.Equal(FinalityResult.WrongLength, lane.Propose(0, tree.Claim, 513, 0));
    }

    /// <summary>The table decides operation by operation, and only the segments that hold a critical one need a proof.</summary>
    [Fact]
    public void EachOperation_IsFinalAsItsKindAndValueDemand()
    {
        FinalityLane lane = Lane(Parameters(FinalityMode.Hybrid));
        ClaimTree tree = Tree(1);
        Propose(lane, null, tree, 0);
        Operation payment = new(0, EffectKind.Withdrawal, 1, 5_000_000), small = new(2, EffectKind.Withdrawal, 0, 999), large = new(5, EffectKind.Withdrawal, 0, 1_000), vote = new(4, EffectKind.Message, 0, 0);
        IReadOnlyList<ProofTarget> targets = ProofTarget.Find(lane.Parameters, World.Root(0), tree, [payment, small, large, vote]);
        Assert.Equal([new ProofTarget(2, 4, 6, tree.Leaf(3), tree.Leaf(5))], targets);
        Assert.Equal(new ProofTarget(0, 0, 2, World.Root(0), tree.Leaf(1)), ProofTarget.Find(lane.Parameters, World.Root(0), tree, [new Operation(1, EffectKind.Message, 0, 0)])[0]);

        Assert.False(lane.IsFinal(0, payment, 7 * Day - 1));
        Assert.Equal((true, true, false, false), (lane.IsFinal(0, payment, 7 * Day), lane.IsFinal(0, small, 7 * Day), lane.IsFinal(0, large, 7 * Day), lane.IsFinal(0, vote, 7 * Day)));
        Assert.False(lane.IsFinal(0, small with { Step = Steps }, 7 * Day));
        // What waits for a proof gets it late, too.
        Assert.Equal(FinalityResult.Accepted, Prove(lane, 0, tree, 2, 7 * Day));
        Assert.Equal((true, true), (lane.IsFinal(0, large, 7 * Day), lane.IsFinal(0, vote, 7 * Day)));
        Assert.Equal(FinalityResult.AlreadyDone, Prove(lane, 0, tree, 2, 7 * Day));
        Assert.Equal(FinalityStatus.Final, lane.Claims[0].Status);
        Assert.Throws<ArgumentException>(() => ProofTarget.Find(lane.Parameters, World.Root(0), tree, [payment with { Step = Steps }]));

        ClaimTree next = Tree(2);
        Propose(lane, 0, next, 7 * Day);
        for (int segment = 0; segment < 4; segment++) Prove(lane, 1, next, segment, 7 * Day);
        ulong early = 7 * Day + 600;
        Assert.Equal((true, true, false), (lane.IsFinal(1, payment, early), lane.IsFinal(1, large, early), lane.IsFinal(1, vote, early)));
        Assert.True(lane.IsFinal(1, vote, 14 * Day));
    }
}
