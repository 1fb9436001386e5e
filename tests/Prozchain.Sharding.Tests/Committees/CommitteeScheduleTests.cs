using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Committees;

public class CommitteeScheduleTests
{
    private static readonly CommitteeSecurity s_security = CommitteeSecurity.UnsafeDevelopment(10, 25);
    private static readonly Validator[] s_validators = [.. Enumerable.Range(0, 60).Select(i => new Validator(TestNetwork.Wallet(i).PublicKey, 1000 + (ulong)(i * i)))];

    [Fact]
    public void Quorums_OfNeighbouringMoments_ShareMoreThanMayBeFaulty()
    {
        for (int seats = 1; seats <= 4096; seats++)
        {
            int shared = Committee.QuorumOf(seats) + Committee.QuorumOf(seats + 1) - (seats + 1);
            Assert.True(shared > Committee.MaxFaultyOf(seats + 1), $"{seats} seats");
            Assert.True(Committee.QuorumOf(seats) <= seats - Committee.MaxFaultyOf(seats), $"{seats} seats: the honest alone are a quorum");
        }
    }

    [Fact]
    public void Rotation_EveryMoment_AddsOneSeatOrRemovesOne()
    {
        var random = new Random(11);
        for (int trial = 0; trial < 200; trial++)
        {
            Committee from = Draw(random), to = Draw(random);
            var rotation = new CommitteeRotation(from, to);
            Assert.Equal(SeatCounts(from), SeatCounts(rotation.At(0)));
            Assert.Same(to, rotation.At(2 * rotation.Changes));
            Assert.Same(to, rotation.At(int.MaxValue));
            int common = SeatCounts(from).Sum(seat => Math.Min(seat.Value, SeatCounts(to).GetValueOrDefault(seat.Key)));
            Assert.Equal(Math.Max(from.Seats, to.Seats) - common, rotation.Changes);
            for (int moment = 1; moment <= 2 * rotation.Changes; moment++)
            {
                SortedDictionary<string, int> before = SeatCounts(rotation.At(moment - 1)), after = SeatCounts(rotation.At(moment));
                int joined = after.Sum(seat => Math.Max(0, seat.Value - before.GetValueOrDefault(seat.Key)));
                int left = before.Sum(seat => Math.Max(0, seat.Value - after.GetValueOrDefault(seat.Key)));
                if (moment % 2 == 1) Assert.True(joined <= 1 && left == 0, $"trial {trial} moment {moment}");
                else Assert.True(left <= 1 && joined == 0, $"trial {trial} moment {moment}");
                if (from.Seats == to.Seats) Assert.Equal(from.Seats + moment % 2, rotation.At(moment).Seats);
                Assert.InRange(rotation.At(moment).Seats, Math.Min(from.Seats, to.Seats), Math.Max(from.Seats, to.Seats) + 1);
            }
        }
    }

    [Fact]
    public void Advance_NextEpoch_IsWhatWasFrozen()
    {
        CommitteeSchedule schedule = Start(intervals: 0);
        CommitteeSet frozen = schedule.Next;
        Assert.True(schedule.CanAdvance(s_validators[..40]));
        Validator[] poor = [.. s_validators.Select(validator => validator with { Stake = 3 })];
        Assert.False(schedule.CanAdvance(poor));
        Assert.Throws<ArgumentException>(() => schedule.Advance(poor, TestNetwork.Key(3).Span));
        CommitteeSchedule advanced = schedule.Advance(s_validators[..40], TestNetwork.Key(3).Span);
        Assert.Equal((6UL, 7UL), (advanced.Epoch, advanced.Next.Epoch));
        Assert.Same(frozen, advanced.Current);
        Assert.Same(frozen.Ordering.Of(Shard(1)), advanced.OrderingAt(Shard(1), 0));
        string[] gone = [.. s_validators[40..].Select(validator => Convert.ToHexString(validator.PublicKey.Span))];
        Assert.DoesNotContain(SeatCounts(advanced.Next.Of(CommitteeDuty.Attestation, Shard(1))).Keys, gone.Contains);
        foreach (ShardInfo shard in advanced.Layout.Shards)
        {
            Assert.Equal(10, advanced.Next.Of(CommitteeDuty.Ordering, shard.Id).Seats);
            Assert.Equal(25, advanced.Next.Of(CommitteeDuty.Attestation, shard.Id).Seats);
        }
        Assert.NotEqual(SeatCounts(advanced.Next.Of(CommitteeDuty.Ordering, Shard(1))), SeatCounts(advanced.Current.Of(CommitteeDuty.Ordering, Shard(1))));
    }

    [Fact]
    public void OrderingAt_Rotation_GoesFromWhereTheLastEpochArrived()
    {
        CommitteeSchedule first = Start(intervals: 3), second = first.Advance(s_validators, TestNetwork.Key(3).Span), third = second.Advance(s_validators, TestNetwork.Key(4).Span);
        Assert.Equal(SeatCounts(first.OrderingAt(Shard(1), 0)), SeatCounts(second.OrderingAt(Shard(1), 0)));
        Committee arrived = second.OrderingAt(Shard(1), 6);
        Assert.Equal(SeatCounts(arrived), SeatCounts(second.OrderingAt(Shard(1), 100))); // no more than 3 seats an epoch
        Assert.Equal(SeatCounts(arrived), SeatCounts(third.OrderingAt(Shard(1), 0)));
        Assert.Equal(3, new CommitteeRotation(first.OrderingAt(Shard(1), 0), arrived).Changes);
        Assert.Equal(7UL, third.OrderingAt(Shard(1), 0).Epoch);
    }

    [Fact]
    public void Reshape_Split_BothChildrenKeepTheParentsSeats()
    {
        CommitteeSchedule before = Start(intervals: 2), after = before.Reshape(before.Layout.Split(Shard(1), 5));
        ShardInfo parent = after.Layout.Lineage.First();
        foreach (ShardId child in parent.Children)
        {
            foreach (CommitteeDuty duty in Enum.GetValues<CommitteeDuty>())
            {
                Assert.Equal(SeatCounts(before.Current.Of(duty, parent.Id)), SeatCounts(after.Current.Of(duty, child)));
                Assert.Equal(SeatCounts(before.Next.Of(duty, parent.Id)), SeatCounts(after.Next.Of(duty, child)));
                Assert.Equal(child, after.Current.Of(duty, child).Shard);
            }
        }
        Assert.Throws<ArgumentException>(() => after.Current.Ordering.Of(parent.Id));
        CommitteeSchedule later = after.Advance(s_validators, TestNetwork.Key(9).Span);
        Assert.NotEqual(SeatCounts(later.Next.Ordering.Of(parent.Children[0])), SeatCounts(later.Next.Ordering.Of(parent.Children[1])));
    }

    [Fact]
    public void Reshape_Merge_TakesSeatsOfBothInTurn()
    {
        CommitteeSchedule start = Start(intervals: 0);
        ShardLayout layout = start.Layout.Split(Shard(1), 5);
        CommitteeSchedule split = start.Reshape(layout).Advance(s_validators, TestNetwork.Key(7).Span).Advance(s_validators, TestNetwork.Key(8).Span);
        ShardInfo left = layout.Shards[0], right = layout.Shards[1];
        CommitteeSchedule merged = split.Reshape(layout.Merge(left.Id, right.Id, 8));
        Committee whole = merged.Current.Ordering.Of(merged.Layout.ShardOf(default(Digest)));
        Committee l = split.Current.Ordering.Of(left.Id), r = split.Current.Ordering.Of(right.Id);
        Assert.Equal(10, whole.Seats);
        for (int seat = 0; seat < 10; seat++) Assert.Equal(Hex((seat % 2 == 0 ? l : r).SeatOwner(seat / 2)), Hex(whole.SeatOwner(seat)));
        Assert.Throws<ArgumentException>(() => merged.Reshape(layout)); // an older layout
        Assert.Throws<ArgumentException>(() => start.Reshape(merged.Layout.Forget(9)));
    }

    [Fact]
    public void Redraw_OneShard_ReplacesAllItsSeatsAndNothingElse()
    {
        CommitteeSchedule before = Start(intervals: 2).Advance(s_validators, TestNetwork.Key(3).Span);
        CommitteeSchedule after = before.Redraw(CommitteeDuty.Ordering, Shard(1), 1, s_validators, TestNetwork.Key(5).Span);
        Committee fresh = after.OrderingAt(Shard(1), 0);
        Assert.Equal(SeatCounts(fresh), SeatCounts(after.OrderingAt(Shard(1), 4)));
        Assert.Equal(10, fresh.Seats);
        Assert.NotEqual(SeatCounts(before.OrderingAt(Shard(1), 0)), SeatCounts(fresh));
        Assert.Same(before.Next, after.Next);
        Assert.Same(before.Current.Attestation, after.Current.Attestation);
        Assert.Equal(SeatCounts(before.OrderingAt(Shard(1), 0)), SeatCounts(before.OrderingAt(Shard(1), 0)));
        CommitteeSchedule again = before.Redraw(CommitteeDuty.Ordering, Shard(1), 2, s_validators, TestNetwork.Key(5).Span);
        Assert.NotEqual(SeatCounts(fresh), SeatCounts(again.OrderingAt(Shard(1), 0)));
        Assert.Throws<ArgumentOutOfRangeException>(() => before.Redraw(CommitteeDuty.Ordering, Shard(1), 0, s_validators, TestNetwork.Key(5).Span));
        Assert.Throws<ArgumentException>(() => before.Redraw(CommitteeDuty.Ordering, new ShardId(99), 1, s_validators, TestNetwork.Key(5).Span));
    }

    [Fact]
    public void Start_MoreSeatChangesThanTheBudgetCounts_Throws()
    {
        var budget = new SecurityBudget { AdversaryShare = 0.05, Shards = 2, MaxHaltsPerYear = 1, MaxForgeriesPerYear = 1e-3, SeatChangesPerEpoch = 4 };
        CommitteeSecurity security = CommitteeSecurity.Smallest(budget, budget);
        CommitteeSchedule.Start(security, new TicketSampler(), 4, ShardLayout.Create(2), s_validators, 0, new byte[32], new byte[32]);
        Assert.Throws<ArgumentException>(() => CommitteeSchedule.Start(security, new TicketSampler(), 5, ShardLayout.Create(2), s_validators, 0, new byte[32], new byte[32]));
    }

    [Fact]
    public void Draw_ClassFloor_IsKept()
    {
        ShardLayout layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 2), (new LayoutClassRules(LayoutClass.NFT, 0, 14, 30), 1)]);
        CommitteeSchedule schedule = CommitteeSchedule.Start(s_security, new WeightedSampler(), 0, layout, s_validators, 0, new byte[32], TestNetwork.Key(1).Span);
        ShardId general = layout.Shards[0].Id, special = layout.Shards[2].Id;
        Assert.Equal((10, 14), (schedule.Current.Ordering.Of(general).Seats, schedule.Current.Ordering.Of(special).Seats));
        Assert.Equal((25, 30), (schedule.Current.Attestation.Of(general).Seats, schedule.Current.Attestation.Of(special).Seats));
        Assert.All(schedule.Current.Ordering.Of(special).Members, member => Assert.Equal(1, member.Seats));
        Assert.Throws<ArgumentException>(() => CommitteeAssignment.Draw(new byte[32], 0, s_validators, layout, new CommitteeParameters(10)));
    }

    private static ShardId Shard(ulong id) => new(id);

    private static CommitteeSchedule Start(int intervals)
    {
        ShardLayout layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 1), (new LayoutClassRules(LayoutClass.AI, 0), 1)]);
        return CommitteeSchedule.Start(s_security, new TicketSampler(), intervals, layout, s_validators, 5, TestNetwork.Key(1).Span, TestNetwork.Key(2).Span);
    }

    private static Committee Draw(Random random) =>
        Committee.FromSeats(Shard(1), 3, [.. Enumerable.Range(0, random.Next(1, 20)).Select(_ => random.Next(12))], s_validators);

    private static SortedDictionary<string, int> SeatCounts(Committee committee) =>
        new(committee.Members.ToDictionary(member => Hex(member.PublicKey), member => member.Seats), StringComparer.Ordinal);

    private static string Hex(ReadOnlyMemory<byte> key) => Convert.ToHexString(key.Span);
}
