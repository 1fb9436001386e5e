using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Disputes;
using Prozchain.Rollups.Ports;
using Prozchain.Rollups.Sequencing;
using Prozchain.Rollups.Settlement;
using Prozchain.Rollups.Tests.Disputes;

namespace Prozchain.Rollups.Tests.Derivation;

/// <summary>The poster shows a batch to nobody but itself.</summary>
public sealed class WithholdingTests
{
    private readonly World _world = new();
    private readonly InMemoryDataPublisher _nothing = new();

    [Fact]
    public async Task WithheldLie_FallsEvenIfItsAuthorShowsTheData()
    {
        SequencedBatch batch = await _world.PostAsync(8);
        RollupNode node = _world.NewNode(_nothing);
        var liar = new Proposer(_world.NewNode(), _world.Poster, _ => DisputeTests.Falsify(_world, batch, DisputeTests.Lie.Minted, 6));
        var verifier = new Verifier(node, _world.Watcher);
        await liar.StepAsync();
        Assert.Equal(new VerifierReport(0, -1, 0, false), await verifier.StepAsync());
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow / 2 + 1);
        // Not knowing, it disagrees down to the first transfer, which the liar can prove: that dispute is lost, but
        // the data is out, and the next one is won.
        await DisputeTests.PlayAsync(_world, node, liar, verifier);
        Assert.Equal((DisputePhase.AsserterWon, 0), (node.Settlement.FindDispute(0)!.Phase, node.Settlement.FindDispute(0)!.Low));
        Assert.Equal(1, node.DerivedCount);
        await DisputeTests.PlayAsync(_world, node, liar, verifier, dispute: 1);
        Assert.Equal((DisputePhase.ChallengerWon, 6), (node.Settlement.FindDispute(1)!.Phase, node.Settlement.FindDispute(1)!.High));
        Assert.Equal(AssertionStatus.Rejected, node.Settlement.FindAssertion(0)!.Status);
    }

    [Fact]
    public async Task WithheldData_NeverShown_MakesTheAsserterLose()
    {
        SequencedBatch batch = await _world.PostAsync(4);
        _world.Data.Withhold(batch.DataHash);
        RollupNode node = _world.NewNode();
        await _world.AppendAsync(node, _world.Poster, World.AssertionOf(0, batch.Trace));
        var verifier = new Verifier(node, _world.Watcher);
        // This author opens its trace, but its own node lacks the data, so it can prove no step.
        var author = new Proposer(_world.NewNode(), _world.Poster, _ => batch.Trace);
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow / 2 + 1);
        await DisputeTests.PlayAsync(_world, node, author, verifier);
        Assert.Equal((DisputePhase.ChallengerWon, 1), (node.Settlement.FindDispute(0)!.Phase, node.Settlement.FindDispute(0)!.High));
    }

    [Fact]
    public async Task Verifier_ToldNotToChallengeTheUnavailable_Waits()
    {
        SequencedBatch batch = await _world.PostAsync(4);
        RollupNode node = _world.NewNode(_nothing);
        await _world.AppendAsync(node, _world.Poster, World.AssertionOf(0, batch.Trace));
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow);
        var verifier = new Verifier(node, _world.Watcher, new VerifierOptions { ChallengeUnavailable = false });
        Assert.Equal(new VerifierReport(0, -1, 0, false), await verifier.StepAsync());
    }

    [Fact]
    public async Task Verifier_ThatLacksAnEarlierBatch_DoesNotGamble()
    {
        SequencedBatch first = await _world.PostAsync(4, 1), second = await _world.PostAsync(4, 2);
        RollupNode node = _world.NewNode(_nothing);
        await _world.AppendAsync(node, _world.Poster, World.AssertionOf(0, first.Trace));
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow + 1);
        await _world.AppendAsync(node, _world.Poster, World.AssertionOf(1, second.Trace));
        Assert.Equal((1L, 0L), (node.Settlement.FinalCount, node.DerivedCount));
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow);
        Assert.Equal(new VerifierReport(0, -1, 0, false), await new Verifier(node, _world.Watcher).StepAsync());
    }

    [Fact]
    public async Task WithheldTruth_DoesNotShelterALieBuiltOnIt()
    {
        SequencedBatch first = await _world.PostAsync(4, 1), second = await _world.PostAsync(4, 2);
        await _nothing.PublishAsync(second.Data, new byte[32], default);
        RollupNode node = _world.NewNode(_nothing);
        BatchTrace lie = new([second.PreRoot, .. Enumerable.Range(0, 4).Select(World.Root)]);
        var liar = new Proposer(_world.NewNode(), _world.Poster, index => index == 0 ? first.Trace : lie);
        var verifier = new Verifier(node, _world.Watcher);
        Assert.Equal(2, await liar.StepAsync());
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow / 2 + 1);
        Assert.Equal(0, (await verifier.StepAsync()).Challenged);
        // The liar shows the first batch only once the window of the second assertion is over.
        _world.Log.Advance(node.Genesis.Parameters.ChallengeWindow / 2 + 1);
        await DisputeTests.PlayAsync(_world, node, liar, verifier);
        Assert.Equal(DisputePhase.AsserterWon, node.Settlement.FindDispute(0)!.Phase);
        await DisputeTests.PlayAsync(_world, node, liar, verifier, dispute: 1);
        Assert.Equal((DisputePhase.ChallengerWon, 1L), (node.Settlement.FindDispute(1)!.Phase, node.Settlement.FindDispute(1)!.Assertion.BatchIndex));
        _world.Log.Advance(2 * node.Genesis.Parameters.ChallengeWindow);
        await node.SyncAsync();
        Assert.False(node.HasDiverged);
        Assert.Equal((1L, first.PostRoot), (node.Settlement.FinalCount, node.Settlement.FinalRoot));
    }

    [Fact]
    public async Task BatchWithoutTransfers_ThatNobodyHas_HoldsNothingUp()
    {
        RollupNode node = _world.NewNode();
        await _world.AppendAsync(node, _world.Poster, new PostBatchCall(0, World.Root(1), World.Root(2), 100, TransferCount: 0));
        Assert.Equal(1, node.DerivedCount);
        Assert.True(node.GetBatch(0).IsEmpty);
        _world.Sequencer = Sequencer.Resume(node, new SequencerOptions { Verifier = new HashVerifier() });
        SequencedBatch batch = await _world.PostAsync(4);
        BatchTrace lie = new([batch.PreRoot, .. Enumerable.Range(0, 4).Select(World.Root)]), nothing = new([batch.PreRoot]);
        var liar = new Proposer(_world.NewNode(), _world.Poster, index => index == 0 ? nothing : lie);
        Assert.Equal(2, await liar.StepAsync());
        Assert.Equal(1, (await new Verifier(node, _world.Watcher).StepAsync()).Challenged);
    }
}
