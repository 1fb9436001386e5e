using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Beacon;

/// <summary>Ordering committees that change seat by seat within an epoch: which moment it is, and whose word counts in it.</summary>
public class RotationTests
{
    private const int Blocks = 12, Moment = 2, Changes = 2;

    private static readonly ShardId s_shard = ShardLayout.Create(2).Shards[0].Id, s_other = ShardLayout.Create(2).Shards[1].Id;

    [Fact]
    public void Moments_OfEveryEpoch_AddOneSeatOrRemoveOne()
    {
        BeaconWorld world = World();
        Committee last = world.State.Committees.Of(s_shard);
        var seen = new HashSet<Digest>();
        int rotations = 0;
        while (world.State.Epoch < 5)
        {
            int moment = world.State.MomentOf(s_shard);
            Assert.Equal(Math.Min(world.Slot / Moment, world.State.Runs.LastOf(s_shard)), moment);
            OrderingInstance run = world.State.OrderingOf(world.Options, s_shard, world.State.Epoch)!;
            Assert.Equal(run.Id, world.State.OrderingOf(world.Options, s_shard, world.State.Epoch, moment)!.Id);
            if (seen.Add(run.Id))
            {
                if (moment > 0) rotations++;
                Dictionary<string, int> before = Seats(last), after = Seats(run.Committee);
                int joined = after.Sum(seat => Math.Max(0, seat.Value - before.GetValueOrDefault(seat.Key))), left = before.Sum(seat => Math.Max(0, seat.Value - after.GetValueOrDefault(seat.Key)));
                Assert.Equal(moment == 0 ? (0, 0) : moment % 2 == 1 ? (1, 0) : (0, 1), (joined, left));
                Assert.Equal((6 + moment % 2, world.State.Epoch), (run.Committee.Seats, run.Committee.Epoch));
                last = run.Committee;
            }
            world.Next();
        }
        // The first epoch starts as drawn.
        Assert.Equal(4 * 2 * Changes, rotations);
        Assert.Throws<ArgumentOutOfRangeException>(() => world.State.OrderingOf(world.Options, s_shard, 0, -1));
    }

    [Fact]
    public void Runs_Ids_AreFrozen()
    {
        BeaconWorld world = World();
        world.ToEpoch(1);
        string actual = string.Join(' ', Enumerable.Range(0, 3).Select(moment => world.State.Runs.InstanceOf(world.Options, s_shard, moment).Id.ToString()[..16]));
        Assert.Equal("19a594bb7177d079 f22d8c25bfbb3090 53199eb093fc7362", actual);
    }

    [Fact]
    public void Anchors_OfAMomentThatHasNotBegunOrIsOver_AreRefused()
    {
        BeaconWorld world = World();
        world.ToEpoch(1);
        OrderingInstance[] runs = [.. Enumerable.Range(0, 5).Select(moment => world.State.Runs.InstanceOf(world.Options, s_shard, moment))];
        Assert.Equal((0, 5), (world.State.MomentOf(s_shard), runs.Select(run => run.Id).Distinct().Count()));
        AssertRefused(BeaconResult.WrongAnchorEpoch, world, Proof(runs[1], 1));
        Take(world, Proof(runs[0], 1));
        FinalityProof late = Proof(runs[0], 9), later = Proof(runs[1], 9);
        while (world.State.MomentOf(s_shard) == 0) world.Next();
        // What was certified before the hand-over still comes, until the new committee has spoken.
        Assert.True(Try(world, late).IsValid);
        AssertRefused(BeaconResult.WrongAnchorEpoch, world, Proof(runs[2], 9));
        Take(world, Proof(runs[1], 3, MicroBlockKind.Terminal));
        AssertRefused(BeaconResult.WrongAnchorEpoch, world, late);
        AssertRefused(BeaconResult.BrokenHeaderChain, world, later);
        Assert.Null(world.State.Standing(s_shard).EndedEpoch);
        while (world.State.MomentOf(s_shard) < 4) world.Next();
        // Signed by the committee of another moment, and of no run at all.
        Assert.Equal(BeaconResult.BadCertificate, Try(world, BeaconWorld.Prove(runs[1], [Header(runs[4], 9)])).Result);
        var unknown = new OrderingInstance(world.Options.ChainId, runs[4].Committee, new byte[32]);
        Assert.Equal(new BeaconVerdict(BeaconResult.BadCertificate, 0, CertificateResult.WrongHeader), Try(world, Proof(unknown, 9)));
        Take(world, Proof(runs[4], 6, MicroBlockKind.Terminal));
        Assert.Equal(1UL, world.State.Standing(s_shard).EndedEpoch);
        AssertRefused(BeaconResult.WrongAnchorEpoch, world, Proof(runs[3], 9));
        world.ToEpoch(2);
        Assert.Equal(BeaconResult.BrokenHeaderChain, Try(world, Proof(runs[4], 12)).Result);
    }

    [Fact]
    public void Headers_CountFromTheirMoment_UntilALaterOneIsAnchoredBelow()
    {
        BeaconWorld world = World();
        world.ToEpoch(1);
        BeaconDirectory directory = Directory(world);
        var headers = new RemoteHeaders(directory, s_other);
        OrderingInstance[] runs = [.. Enumerable.Range(0, 3).Select(moment => directory.Find(s_shard, 1, moment)!.Instance)];
        Assert.Equal(runs[0].Id, directory.Find(s_shard, 1)!.Instance.Id);
        Assert.Same(directory.Find(s_shard, 1, runs[2].Id), directory.Find(s_shard, 1, 2));
        Assert.Null(directory.Find(s_shard, 1, TestNetwork.Key(9)));
        Assert.Null(directory.Find(s_shard, 1, 2 * Changes + 1));
        Assert.True(headers.Add(Proof(runs[0], 5)));
        Assert.False(headers.Add(Proof(runs[1], 6)));
        while (world.State.MomentOf(s_shard) == 0) world.Next();
        directory.Update(world.State);
        Assert.True(headers.Add(Proof(runs[1], 6)));
        Assert.False(headers.Add(Proof(runs[2], 7)));
        Assert.True(headers.Add(Proof(runs[0], 30)));
        // By the wrong committee: the joiner's signature is no other seat's.
        Assert.False(headers.Add(BeaconWorld.Prove(runs[0], [Header(runs[1], 8)])));
        Take(world, Proof(runs[1], 20));
        directory.Update(world.State);
        Assert.False(headers.Add(Proof(runs[0], 40)));
        Assert.False(headers.Add(Proof(runs[0], 20)));
        Assert.True(headers.Add(Proof(runs[0], 10)));
    }

    [Fact]
    public void Evidence_OfAnEarlierMoment_StillConvicts()
    {
        BeaconWorld world = World();
        world.ToEpoch(1);
        BeaconDirectory directory = Directory(world);
        var auditor = new VoteAuditor(directory);
        foreach (int moment in (int[])[0, 1, 3])
        {
            OrderingInstance run = directory.Find(s_shard, 1, moment)!.Instance;
            int member = run.Committee.Members.Count - 1;
            ReadOnlyMemory<byte> key = run.Committee.Members[member].PublicKey;
            FaultEvidence evidence = VoteAuditor.Accuse(s_shard, run.Committee, VoteEvidence.Of(run, Vote(run, member, 1), Vote(run, member, 2)), TestNetwork.AddressOf(0));
            Assert.True(auditor.Contradicts(key.Span, s_shard.Value, 1, evidence.Witness.Span), $"moment {moment}");
            Assert.False(auditor.Contradicts(key.Span, s_other.Value, 1, evidence.Witness.Span));
            Assert.False(auditor.Contradicts(run.Committee.Members[0].PublicKey.Span, s_shard.Value, 1, evidence.Witness.Span));
        }
        world.ToEpoch(3);
        directory.Update(world.State);
        OrderingInstance past = directory.Find(s_shard, 1, 1)!.Instance;
        FaultEvidence late = VoteAuditor.Accuse(s_shard, past.Committee, VoteEvidence.Of(past, Vote(past, 0, 1), Vote(past, 0, 2)), TestNetwork.AddressOf(0));
        Assert.True(auditor.Contradicts(past.Committee.Members[0].PublicKey.Span, s_shard.Value, 1, late.Witness.Span));
    }

    /// <summary>Rotation is slower than exits: a seat without stake behind it is given away when the epoch begins.</summary>
    [Fact]
    public void Seats_OfValidatorsThatLeft_ChangeAtOnce()
    {
        BeaconWorld world = World(options => options with { Registry = new RegistryRules { ChurnQuotient = 1, MinChurn = 8 } });
        int[] leaving = [.. world.State.Committees.Of(s_shard).Members.Take(4).Select(member => BeaconWorld.WalletOf(member.PublicKey.Span))];
        world.Next(new BeaconBody { Exits = [.. leaving.Select(world.Exit).OrderBy(exit => Convert.ToHexString(exit.PublicKey.Span))] });
        bool isSeen = false;
        while (world.State.Epoch < 6)
        {
            foreach (ShardId shard in (ShardId[])[s_shard, s_other])
            {
                Committee committee = world.State.OrderingOf(world.Options, shard, world.State.Epoch)!.Committee;
                Assert.All(committee.Members, member => Assert.True(world.State.TryGetValidator(member.PublicKey, out ValidatorRecord? record) && record.IsOnDuty(world.State.Epoch)));
                isSeen |= world.State.Runs.LastOf(shard) < 2 * Changes && world.State.Epoch > 1;
            }
            world.Next();
        }
        Assert.True(isSeen, "Expected an epoch whose changes were spent on those who left.");
    }

    [Fact]
    public void Split_HeirsStartWithTheSeatsThatTheParentArrivesWith()
    {
        BeaconWorld world = World(options => options with { Topology = new TopologyRules { Trigger = (_, _) => true, DrainBlocks = 2 } });
        world.ToEpoch(1);
        var split = new TopologyProposal(ReshapeAction.Split(s_shard), default);
        Committee target = world.State.TargetOf(split.Action);
        Assert.Equal(Seats(world.State.Runs.At(s_shard, world.State.Runs.LastOf(s_shard))), Seats(target));
        world.Next(new BeaconBody { Proposals = [split] });
        world.Next(new BeaconBody { Ready = [.. target.Members.Select((member, i) => new Readiness(split.Id, i, world.Say(BeaconWorld.WalletOf(member.PublicKey.Span), split.Ready(world.State.Epoch))))] });
        Assert.True(world.State.IsScheduled(s_shard));
        while (world.State.MomentOf(s_shard) < world.State.Runs.LastOf(s_shard)) world.Next();
        Take(world, world.Anchor(s_shard, kind: MicroBlockKind.Terminal));
        while (world.State.Epoch < 2) world.Next();
        Assert.False(world.State.Layout.IsLive(s_shard));
        foreach (ShardInfo child in world.State.Layout.Shards.Where(shard => shard.Id != s_other))
        {
            Assert.Equal(Seats(target), Seats(world.State.OrderingOf(world.Options, child.Id, 2)!.Committee));
            Take(world, world.Anchor(child.Id));
        }
    }

    [Fact]
    public void Redraw_OfAFrozenShard_IsWhole()
    {
        BeaconWorld world = World(options => options with { StallBlocks = 14 });
        world.ToEpochWithout(1, s_shard);
        while (!world.State.IsFrozen(s_shard)) world.StepWithout(s_shard);
        Assert.Equal(1UL, world.State.Epoch);
        world.ToEpochWithout(2, s_shard);
        BeaconDirectory directory = Directory(world);
        Assert.Null(directory.Find(s_shard, 2));
        Assert.Null(directory.Find(s_shard, 2, 1));
        world.ToEpochWithout(3, s_shard);
        Assert.Equal(Seats(world.State.Committees.Of(s_shard)), Seats(world.State.OrderingOf(world.Options, s_shard, 3)!.Committee));
        Assert.Equal((0, 2 * Changes), (world.State.Runs.LastOf(s_shard), world.State.Runs.LastOf(s_other)));
        Take(world, world.Anchor(s_shard));
    }

    [Fact]
    public void Options_RotationThatTheBudgetOrTheEpochDoesNotBear_Throw()
    {
        Assert.Throws<ArgumentException>(() => World(options => options with { RotationBlocks = Blocks }));
        Assert.Throws<ArgumentOutOfRangeException>(() => World(options => options with { RotationBlocks = -1 }));
        var budget = new SecurityBudget { AdversaryShare = 0.05, Shards = 2, MaxHaltsPerYear = 1, MaxForgeriesPerYear = 1e-3, SeatChangesPerEpoch = Changes };
        BeaconOptions With(BeaconOptions options, int counted) => options with { UnsafeDevelopment = null, Security = CommitteeSecurity.Smallest(budget with { SeatChangesPerEpoch = counted }, budget), Sampler = new TicketSampler() };
        Assert.Throws<ArgumentException>(() => World(options => With(options, Changes - 1)));
        BeaconWorld world = World(options => With(options, Changes));
        world.ToEpoch(1);
        Assert.Equal(2 * Changes, world.State.Runs.LastOf(s_shard));
    }

    private static BeaconWorld World(Func<BeaconOptions, BeaconOptions>? with = null) =>
        new(30, with: options => (with ?? (same => same))(options with { BlocksPerEpoch = Blocks, RotationBlocks = Moment, StallBlocks = 1000 }));

    private static BeaconDirectory Directory(BeaconWorld world) => new(world.Options, world.State, key => new NodeId(BeaconWorld.WalletOf(key.Span)));

    private static MicroHeader Header(OrderingInstance run, ulong height) => BeaconWorld.Header(run, height, TestNetwork.Key(77));

    private static FinalityProof Proof(OrderingInstance run, ulong height, MicroBlockKind kind = MicroBlockKind.Ordinary)
    {
        MicroHeader first = BeaconWorld.Header(run, height, TestNetwork.Key((int)run.Committee.Shard.Value), kind);
        return BeaconWorld.Prove(run, kind == MicroBlockKind.Terminal ? [first, BeaconWorld.Header(run, height + 1, first.Hash, MicroBlockKind.Closing)] : [first]);
    }

    private static OrderingVote Vote(OrderingInstance run, int member, int block)
    {
        var share = new byte[65];
        TestNetwork.Wallet(BeaconWorld.WalletOf(run.Committee.Members[member].PublicKey.Span)).Sign(run.MessageFor(OrderingVoteKind.Notarize, 7, TestNetwork.Key(block)).Span, share);
        return new OrderingVote(OrderingVoteKind.Notarize, 7, member, TestNetwork.Key(block), share);
    }

    private static Dictionary<string, int> Seats(Committee committee) => committee.Members.ToDictionary(member => Convert.ToHexString(member.PublicKey.Span), member => member.Seats);

    private static BeaconVerdict Try(BeaconWorld world, FinalityProof anchor) => world.Try(new BeaconBody { Anchors = [anchor] });

    private static void Take(BeaconWorld world, FinalityProof anchor) => world.Next(new BeaconBody { Anchors = [anchor] });

    private static void AssertRefused(BeaconResult reason, BeaconWorld world, FinalityProof anchor) => Assert.Equal(new BeaconVerdict(reason, 0), Try(world, anchor));
}
