using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Committees;

public class CommitteeTests
{
    [Fact]
    public void TryDeal_EqualStakes_DealsEqually()
    {
        Assert.True(StakeTickets.TryDeal([100, 100, 100, 100], 16, 100, out int[] tickets));
        Assert.Equal([4, 4, 4, 4], tickets);
    }

    [Fact]
    public void TryDeal_PriceIsTheHighest_ThatSellsEnough()
    {
        // At 30: 3 + 2 + 1 = 6 tickets; at 31: 3 + 1 + 0 = 4.
        Assert.True(StakeTickets.TryDeal([100, 60, 30], 6, 100, out int[] tickets));
        Assert.Equal([3, 2, 1], tickets);
    }

    [Fact]
    public void TryDeal_Cap_HoldsAWhaleDown()
    {
        Assert.True(StakeTickets.TryDeal([ulong.MaxValue, 10, 10], 8, 4, out int[] tickets));
        Assert.Equal([4, 2, 2], tickets);
        Assert.False(StakeTickets.TryDeal([ulong.MaxValue, 10, 10], 13, 4, out _));
        Assert.False(StakeTickets.TryDeal([1, 1], 3, 4, out _));
        Assert.False(StakeTickets.TryDeal([], 1, 1, out _));
    }

    [Fact]
    public void Draw_SameInput_GivesSameCommittees()
    {
        ShardLayout layout = ShardLayout.Create(7);
        Validator[] validators = Validators(20);
        CommitteeAssignment a = Draw(3, validators, layout), b = Draw(3, validators, layout), other = Draw(4, validators, layout);
        Assert.Equal(Describe(a, layout), Describe(b, layout));
        Assert.NotEqual(Describe(a, layout), Describe(other, layout));
    }

    [Fact]
    public void Draw_EveryShard_GetsItsSeatsFromDealtTickets()
    {
        ShardLayout layout = ShardLayout.Create(9);
        Validator[] validators = Validators(12);
        CommitteeAssignment assignment = Draw(0, validators, layout, seats: 10);
        var held = new Dictionary<string, int>();
        foreach (ShardInfo shard in layout.Shards)
        {
            Committee committee = assignment.Of(shard.Id);
            Assert.Equal(10, committee.Seats);
            Assert.Equal(7, committee.Quorum);
            foreach (CommitteeMember member in committee.Members)
            {
                string key = Convert.ToHexString(member.PublicKey.Span);
                held[key] = held.GetValueOrDefault(key) + member.Seats;
            }
        }
        Assert.Equal(90, held.Values.Sum());
        Assert.All(held.Values, seats => Assert.InRange(seats, 1, 15));
    }

    [Fact]
    public void Draw_StakeTooSmall_Throws() =>
        Assert.Throws<ArgumentException>(() => CommitteeAssignment.Draw(new byte[32], 0, [new Validator(TestNetwork.Wallet(0).PublicKey, 3)], ShardLayout.Create(2), new CommitteeParameters(2)));

    [Fact]
    public void Draw_AnyStakes_FillsAllSeatsUnderTheCapOrSaysSoBefore()
    {
        var random = new Random(1);
        for (int i = 0; i < 500; i++)
        {
            ShardLayout layout = ShardLayout.Create(random.Next(1, 20));
            var parameters = new CommitteeParameters(random.Next(1, 12), random.Next(3) == 0 ? random.Next(1, 100) : 0);
            Validator[] validators = [.. Enumerable.Range(0, random.Next(1, 30)).Select(k => new Validator(TestNetwork.Wallet(k).PublicKey, Stake(random)))];
            if (!parameters.CanFill([.. validators.Select(validator => validator.Stake)], layout.Shards.Count))
            {
                Assert.Throws<ArgumentException>(() => CommitteeAssignment.Draw(new byte[32], 0, validators, layout, parameters));
                continue;
            }
            CommitteeAssignment assignment = CommitteeAssignment.Draw(TestNetwork.Key(i).Span, 3, validators, layout, parameters);
            CommitteeMember[] members = [.. layout.Shards.SelectMany(shard => assignment.Of(shard.Id).Members)];
            Assert.All(layout.Shards, shard => Assert.Equal(parameters.SeatsPerShard, assignment.Of(shard.Id).Seats));
            int cap = parameters.MaxTicketsPerValidator == 0 ? layout.Shards.Count * parameters.SeatsPerShard : parameters.MaxTicketsPerValidator;
            Assert.All(members.GroupBy(member => Convert.ToHexString(member.PublicKey.Span)), held => Assert.InRange(held.Sum(member => member.Seats), 1, cap));
        }

        static ulong Stake(Random random) => random.Next(4) switch
        {
            0 => ulong.MaxValue - (ulong)random.Next(3),
            1 => (ulong)random.Next(0, 5),
            2 => (ulong)random.NextInt64(1, long.MaxValue),
            _ => 1000,
        };
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 3)]
    [InlineData(100, 67)]
    public void Quorum_Seats_IsMoreThanTwoThirds(int seats, int quorum)
    {
        var committee = new Committee(new ShardId(1), 0, [new CommitteeMember(TestNetwork.Wallet(0).PublicKey, seats)]);
        Assert.Equal(quorum, committee.Quorum);
    }

    private static Validator[] Validators(int count) => [.. Enumerable.Range(0, count).Select(i => new Validator(TestNetwork.Wallet(i).PublicKey, 1000))];

    private static CommitteeAssignment Draw(ulong epoch, Validator[] validators, ShardLayout layout, int seats = 4) =>
        CommitteeAssignment.Draw(TestNetwork.Key(1).Span, epoch, validators, layout, new CommitteeParameters(seats));

    private static string Describe(CommitteeAssignment assignment, ShardLayout layout) => string.Join(';', layout.Shards.Select(shard =>
        string.Join(',', assignment.Of(shard.Id).Members.Select(member => $"{Convert.ToHexString(member.PublicKey.Span[..8])}:{member.Seats}"))));
}
