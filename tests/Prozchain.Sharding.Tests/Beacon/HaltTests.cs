using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>A shard that stalls is frozen, and gets a full fresh draw that nobody could see when it stalled.</summary>
public class HaltTests
{
    private readonly BeaconWorld _world = new(12, with: options => options with { StallBlocks = 3, Reveals = new RevealRules(new VrfReveals(new TestVrf()), 3) });

    private ShardId Stalled => _world.State.Layout.Shards[0].Id;

    private ShardId Other => _world.State.Layout.Shards[1].Id;

    [Fact]
    public void Freeze_AtTheStallLimit_NamesTheLastRecognisedHeader()
    {
        _world.Next(new BeaconBody { Anchors = _world.AnchorAll() });
        AnchorEntry last = _world.State.Anchored(Stalled)!.Value;
        StepWithout(2);
        Assert.False(_world.State.IsFrozen(Stalled));
        StepWithout(1);
        Assert.True(_world.State.IsFrozen(Stalled));
        Assert.False(_world.State.IsFrozen(Other));
        FreezeRecord record = Assert.Single(_world.State.Outputs.Freezes);
        Assert.Equal(new FreezeRecord(Stalled, 0, 1, last.HeaderHash, 4), record);

        // Whoever has the certified header believes the record, and no other.
        byte[] bytes = TestNetwork.Encode(record.Write);
        BeaconOutputProof proof = _world.State.Outputs.Prove(0);
        Assert.True(proof.Verify(_world.Last!.Header, bytes));
        Assert.False(proof.Verify(_world.Last.Header, TestNetwork.Encode((record with { Height = 2 }).Write)));
        Assert.Equal(ReadResult.Ok, FreezeRecord.TryRead(bytes, out FreezeRecord read));
        Assert.Equal(record, read);
    }

    [Fact]
    public void Freeze_OldCommittee_HasNoAuthorityAnyMore()
    {
        _world.Next(new BeaconBody { Anchors = _world.AnchorAll() });
        FinalityProof late = _world.Anchor(Stalled);
        StepWithout(3);
        AssertRefused(BeaconResult.ShardFrozen, late);
        _world.ToEpochWithout(1, Stalled);
        AssertRefused(BeaconResult.ShardFrozen, _world.Anchor(Stalled));
        _world.ToEpochWithout(2, Stalled);
        Assert.False(_world.State.IsFrozen(Stalled));
        // Neither the committee of the epoch in which it froze, nor that of the frozen epoch between.
        AssertRefused(BeaconResult.WrongAnchorEpoch, late);
        AssertRefused(BeaconResult.WrongAnchorEpoch, _world.Anchor(Stalled, epoch: 1));
        // The new one continues from the last recognised header: what was final stays.
        Digest final = _world.State.TipOf(Stalled).Hash;
        FinalityProof next = _world.Anchor(Stalled);
        Assert.Equal(final, next.Header.Parent);
        _world.Next(new BeaconBody { Anchors = [next] });
        Assert.Equal(next.Header.Hash, _world.State.TipOf(Stalled).Hash);
    }

    [Fact]
    public void Redraw_UsesTheFirstSeedOfReveals_AllAfterTheFreeze()
    {
        _world.Next(new BeaconBody { Anchors = _world.AnchorAll() });
        StepWithout(3);
        _world.ToEpochWithout(1, Stalled);
        Committee planned = _world.State.NextCommittees.Of(Stalled), others = _world.State.NextCommittees.Of(Other);
        _world.ToEpochWithout(2, Stalled);
        // The seed that the reveals of epoch 1 made, known as epoch 2 begins; the freeze was in epoch 0.
        CommitteeAssignment expected = CommitteeAssignment.Draw(
            Domains.Redraw.Hash(_world.State.NextSeed.Span).Span, 2, _world.State.Validators.Members, _world.State.Layout, _world.Options.UnsafeDevelopment!.Value);
        Assert.Equal(Keys(expected.Of(Stalled)), Keys(_world.State.Committees.Of(Stalled)));
        Assert.NotEqual(Keys(planned), Keys(_world.State.Committees.Of(Stalled)));
        Assert.Same(others, _world.State.Committees.Of(Other));
        Assert.Equal(2UL, _world.State.Committees.Of(Stalled).Epoch);
    }

    [Fact]
    public void Freeze_NewCommitteeThatStallsToo_IsReplacedAgain()
    {
        int freezes = 0;
        while (_world.State.Epoch < 8)
        {
            _world.StepWithout(Stalled);
            freezes += _world.State.Outputs.Freezes.Count(record => record.Shard == Stalled);
        }
        // Frozen in epochs 0, 2, 4 and 6: a redraw, and three blocks of chances, each time.
        Assert.Equal(4, freezes);
    }

    private void StepWithout(int blocks)
    {
        for (int i = 0; i < blocks; i++) _world.StepWithout(Stalled);
    }

    private void AssertRefused(BeaconResult reason, FinalityProof anchor) => Assert.Equal(reason, _world.Try(new BeaconBody { Anchors = [anchor] }).Result);

    private static IEnumerable<string> Keys(Committee committee) => committee.Members.Select(member => $"{Convert.ToHexString(member.PublicKey.Span)} {member.Seats}");
}
