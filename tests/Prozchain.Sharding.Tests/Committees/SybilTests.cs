using Prozchain.Sharding.Committees;

namespace Prozchain.Sharding.Tests.Committees;

/// <summary>Stake split over many keys draws no more seats than under one.</summary>
public class SybilTests
{
    [Theory]
    [InlineData(20)]
    [InlineData(400)]
    [InlineData(20_000)]
    public void TicketDraw_AdversaryUnderManyKeys_GetsItsShareOfStake(int keys)
    {
        // A third of the stake against 40 equal honest validators. Were the cap a multiple of the equal share, each new key
        // would lower it for the honest, and the third of the stake would draw four seats of five.
        ulong[] honest = [.. Enumerable.Repeat(1_000_000UL, 40)], stakes = [.. honest, .. Enumerable.Repeat(20_000_000UL / (ulong)keys, keys)];
        int[] sizes = [.. Enumerable.Repeat(64, 16)], seats = new int[64 * 16];
        foreach (int pool in new[] { 1, 0, 4096 })
        {
            var sampler = new TicketSampler(poolTickets: pool);
            Assert.True(sampler.CanFill(stakes, sizes));
            int held = 0, draws = 20;
            for (int draw = 0; draw < draws; draw++)
            {
                sampler.Draw(Support.TestNetwork.Key(draw).Span, stakes, sizes, seats);
                held += seats.Count(seat => seat >= honest.Length);
            }
            Assert.InRange((double)held / (draws * seats.Length), 0, 0.36);
        }
    }
}
