using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Tests.Committees;

public class SecurityBudgetTests
{
    private static readonly SecurityBudget s_budget = new() { AdversaryShare = 0.15, MaxHaltsPerYear = 0.1, MaxForgeriesPerYear = 1e-6 };

    [Fact]
    public void PerYear_Network_IsShardsTimesDrawsTimesTail()
    {
        Assert.Equal(64 * 1461.0, s_budget.DrawsPerYear, 1e-6);
        Assert.Equal(64 * 1461 * CaptureModel.Binomial(128, 0.15).Halt, s_budget.PerYear(CaptureEvent.Halt, 128), 1e-12);
        SecurityBudget ground = s_budget with { GrindableReveals = 5 };
        Assert.Equal(32 * s_budget.PerYear(CaptureEvent.Forge, 31), ground.PerYear(CaptureEvent.Forge, 31), 1e-12);
        Assert.True((s_budget with { PoolTickets = 1000 }).PerYear(CaptureEvent.Halt, 128) < s_budget.PerYear(CaptureEvent.Halt, 128));
    }

    [Fact]
    public void SmallestCommittee_Budget_IsMetThereAndNotBefore()
    {
        int enough = s_budget.SmallestCommittee()!.Value;
        Assert.True(s_budget.IsMetBy(enough));
        for (int seats = 1; seats < enough; seats++) Assert.False(s_budget.IsMetBy(seats), $"{seats} seats");
        Assert.Null((s_budget with { AdversaryShare = 0.33 }).SmallestCommittee());
    }

    [Fact]
    public void Require_BelowTheBudget_ThrowsAndSaysHowManyWouldDo()
    {
        SecurityBudget strict = s_budget with { AdversaryShare = 0.2 };
        int enough = strict.SmallestCommittee(128)!.Value;
        ArgumentException thrown = Assert.Throws<ArgumentException>(() => CommitteeSecurity.Require(128, strict, 400, s_budget));
        Assert.Contains($"{enough} seats would do", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("got 20", thrown.Message, StringComparison.Ordinal); // halts a year: 2.2e-4 · 64 · 1461
        Assert.Equal("orderingSeats", thrown.ParamName);
        Assert.Equal(enough, CommitteeSecurity.Require(enough, strict, 400, s_budget).OrderingSeats);
        Assert.Equal("attestationSeats", Assert.Throws<ArgumentException>(() => CommitteeSecurity.Require(128, s_budget, 40, s_budget)).ParamName);
        Assert.Contains("no size", Assert.Throws<ArgumentException>(() => CommitteeSecurity.Require(128, s_budget with { AdversaryShare = 0.33 }, 400, s_budget)).Message, StringComparison.Ordinal);
        Assert.Contains("pool", Assert.Throws<ArgumentException>(() => CommitteeSecurity.Require(128, s_budget with { PoolTickets = 100 }, 400, s_budget)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Smallest_TwoBudgets_GivesBothSizes()
    {
        CommitteeSecurity security = CommitteeSecurity.Smallest(s_budget, s_budget with { MaxHaltsPerYear = 1e-12 });
        Assert.Equal(s_budget.SmallestCommittee(), security.OrderingSeats);
        Assert.InRange(security.AttestationSeats, security.OrderingSeats + 1, 1000);
        Assert.False(security.IsDevelopment);
        Assert.Throws<ArgumentException>(() => CommitteeSecurity.Smallest(s_budget, s_budget with { AdversaryShare = 0.33 }));
    }

    [Fact]
    public void UnsafeDevelopment_SmallSizes_ArePossibleUnderThatName()
    {
        CommitteeSecurity security = CommitteeSecurity.UnsafeDevelopment(4, 7);
        Assert.Equal((4, 7, true), (security.OrderingSeats, security.AttestationSeats, security.IsDevelopment));
        Assert.Throws<ArgumentException>(() => CommitteeSecurity.UnsafeDevelopment(0, 7));
    }

    [Fact]
    public void SeatsOf_Class_RaisesToTheFloorWithinTheBudget()
    {
        ShardLayout layout = ShardLayout.Create([(new LayoutClassRules(LayoutClass.General, 0), 1), (new LayoutClassRules(LayoutClass.DeFi, 0, 131, 10), 1)]);
        CommitteeSecurity security = CommitteeSecurity.Require(127, s_budget, 400, s_budget);
        Assert.Equal(127, security.SeatsOf(CommitteeDuty.Ordering, layout, LayoutClass.General));
        Assert.Equal(s_budget.SmallestCommittee(131), security.SeatsOf(CommitteeDuty.Ordering, layout, LayoutClass.DeFi));
        Assert.Equal(400, security.SeatsOf(CommitteeDuty.Attestation, layout, LayoutClass.DeFi));
        Assert.Equal(131, CommitteeSecurity.UnsafeDevelopment(4, 4).SeatsOf(CommitteeDuty.Ordering, layout, LayoutClass.DeFi));
        Assert.Throws<ArgumentException>(() => security.SeatsOf(CommitteeDuty.Ordering, layout, LayoutClass.AI));
    }

    [Theory]
    [InlineData(0.0, 1.0, 1.0, 64, 0)]
    [InlineData(0.34, 1.0, 1.0, 64, 0)]
    [InlineData(0.1, 0.0, 1.0, 64, 0)]
    [InlineData(0.1, 1.0, double.NaN, 64, 0)]
    [InlineData(0.1, 1.0, 1.0, 0, 0)]
    [InlineData(0.1, 1.0, 1.0, 64, 65)]
    public void Budget_OutOfRange_Throws(double share, double halts, double forgeries, int shards, int reveals)
    {
        var budget = new SecurityBudget { AdversaryShare = share, MaxHaltsPerYear = halts, MaxForgeriesPerYear = forgeries, Shards = shards, GrindableReveals = reveals };
        Assert.Throws<ArgumentException>(() => CommitteeSecurity.Require(128, budget, 128, budget));
    }

    [Fact]
    public void TrickleWalk_NoChange_IsTheDraw_AndGrowsWithEveryChange()
    {
        double last = CaptureModel.Binomial(64, 0.2).Halt;
        Assert.Equal(last, TrickleWalk.HaltWithin(64, 0.2, 0), last * 1e-12);
        foreach (int changes in new[] { 1, 8, 64, 512 })
        {
            double now = TrickleWalk.HaltWithin(64, 0.2, changes);
            Assert.True(now > last);
            Assert.True(now < (changes + 1) * 2 * CaptureModel.Binomial(64, 0.2).Halt, "Expected no more than the sum over all moments.");
            last = now;
        }
        SecurityBudget trickling = s_budget with { SeatChangesPerEpoch = 64 };
        Assert.True(trickling.PerYear(CaptureEvent.Halt, 128) > s_budget.PerYear(CaptureEvent.Halt, 128));
        Assert.True(trickling.SmallestCommittee() > s_budget.SmallestCommittee());
    }

    [Theory]
    [InlineData(4, 0)]
    [InlineData(6, 0)]
    [InlineData(6, 14)]
    [InlineData(7, 9)]
    public void TrickleWalk_AgainstDrawnTickets_Agrees(int seats, int pool)
    {
        const int Trials = 200_000, Changes = 5;
        const double Share = 0.3;
        var random = new Random(seats + pool);
        int halted = 0, adversarial = pool == 0 ? 0 : (int)Math.Ceiling(Share * pool - 1e-9);
        for (int trial = 0; trial < Trials; trial++) halted += IsHalted() ? 1 : 0;
        double expected = TrickleWalk.HaltWithin(seats, Share, Changes, pool), deviation = Math.Sqrt(expected * (1 - expected) / Trials);
        Assert.InRange((double)halted / Trials, expected - 4.5 * deviation, expected + 4.5 * deviation);

        bool IsHalted()
        {
            bool[] outside = [.. Enumerable.Range(0, Math.Max(pool, seats)).Select(i => pool == 0 ? random.NextDouble() < Share : i < adversarial)];
            random.Shuffle(outside);
            var inside = outside.Take(seats).ToList();
            var rest = outside.Skip(seats).ToList();
            for (int change = 0; change <= Changes; change++)
            {
                if (inside.Count(held => held) > (inside.Count - 1) / 3) return true;
                if (change == Changes) return false;
                int leaver = random.Next(seats), joiner = rest.Count == 0 ? -1 : random.Next(rest.Count);
                inside.Add(joiner < 0 ? random.NextDouble() < Share : rest[joiner]);
                if (inside.Count(held => held) > (inside.Count - 1) / 3) return true;
                if (joiner >= 0) rest[joiner] = inside[leaver];
                inside.RemoveAt(leaver);
            }
            return false;
        }
    }

    [Fact]
    public void StakeCap_HonestWhales_GiveSeatsAway()
    {
        ulong[] equal = [.. Enumerable.Repeat(1000UL, 80)];
        Assert.Equal(0.2, StakeCap.SeatShare(equal, 20_000, 1000, 20), 0.005);
        ulong[] whales = [40_000, .. Enumerable.Repeat(1000UL, 40)];
        Assert.InRange(StakeCap.SeatShare(whales, 20_000, 1000, 20), 0.3, 0.34); // the whale's 40 % of stake are 2 % of seats
        Assert.Throws<ArgumentException>(() => StakeCap.SeatShare([10], 5, 100, 20));
    }

    [Fact]
    public void StakeCap_SplitAdversary_IsWhatTheTicketsDeal()
    {
        ulong[] honest = [9_700, 3_333, 1_999, 1_999, 1_500, 777];
        const int Needed = 40, Cap = 6;
        double share = StakeCap.SeatShare(honest, 10_000, Needed, Cap);
        // The adversary under as many keys as it has tickets.
        for (ulong price = 10_000; price > 0; price--)
        {
            ulong[] stakes = [.. honest, .. Enumerable.Repeat(price, (int)(10_000 / price))];
            if (stakes.Sum(stake => (long)Math.Min(stake / price, Cap)) < Needed) continue;
            Assert.True(StakeTickets.TryDeal(stakes, Needed, Cap, out int[] dealt));
            Assert.Equal((double)dealt[honest.Length..].Sum() / dealt.Sum(), share, 1e-12);
            return;
        }
        Assert.Fail("Expected a price.");
    }
}
