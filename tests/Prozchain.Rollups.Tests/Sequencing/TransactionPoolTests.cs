using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Sequencing;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Sequencing;

public sealed class TransactionPoolTests
{
    private static TransactionPool<Payment> Pool(PoolOptions? options = null, ITransactionOrder? order = null) =>
        new(new PaymentAccess(9), order ?? new ArrivalOrder(), options ?? new PoolOptions());

    private static Payment Pay(int person, ulong nonce, ulong fee = 10) => new() { Sender = new HashSigner(person).Address, Recipient = new HashSigner(99).Address, Nonce = nonce, Fee = fee };

    private static List<Payment> Drain(TransactionPool<Payment> pool, Func<Payment, PoolFate>? decide = null)
    {
        var taken = new List<Payment>();
        pool.Drain(taken, (list, payment) =>
        {
            PoolFate fate = decide?.Invoke(payment) ?? PoolFate.Gone;
            if (fate == PoolFate.Gone) list.Add(payment);
            return fate;
        });
        return taken;
    }

    [Fact]
    public void Transactions_ComeInOrderOfArrival_EachSendersByNonce()
    {
        TransactionPool<Payment> pool = Pool();
        foreach ((int person, ulong nonce) in new (int, ulong)[] { (1, 1), (2, 5), (1, 0), (3, 0), (1, 2) }) Assert.Equal(PoolResult.Accepted, pool.Add(Pay(person, nonce)));
        Assert.Equal([(1, 0UL), (2, 5UL), (1, 1UL), (3, 0UL), (1, 2UL)], Drain(pool).Select(Name));
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Replacement_TakesATenthMore()
    {
        TransactionPool<Payment> pool = Pool();
        pool.Add(Pay(1, 0, 100));
        Assert.Equal(PoolResult.Underpriced, pool.Add(Pay(1, 0, 109)));
        Assert.Equal(PoolResult.Replaced, pool.Add(Pay(1, 0, 110)));
        pool.Add(Pay(1, 1, 0));
        Assert.Equal(PoolResult.Underpriced, pool.Add(Pay(1, 1, 0)));
        Assert.Equal(PoolResult.Replaced, pool.Add(Pay(1, 1, 1)));
        Assert.Equal([110UL, 1UL], Drain(pool).Select(payment => (ulong)payment.Fee));
    }

    /// <summary>One who floods the pool leaves room for others; no bound is ever passed.</summary>
    [Fact]
    public void Flood_LeavesRoomForOthers()
    {
        TransactionPool<Payment> pool = Pool(new PoolOptions { Capacity = 100 });
        int flooded = Enumerable.Range(0, 500).Count(i => pool.Add(Pay(1, (ulong)i)) == PoolResult.Accepted);
        Assert.InRange(flooded, 10, 25);
        Assert.Equal(PoolResult.SenderLimit, pool.Add(Pay(1, 1_000)));
        for (int person = 2; person <= 20; person++) Assert.Equal(PoolResult.Accepted, pool.Add(Pay(person, 0)));
        for (int person = 21; person <= 200; person++) pool.Add(Pay(person, 0));
        Assert.Equal((100, PoolResult.PoolFull), (pool.Count, pool.Add(Pay(300, 0))));
        int size = new PaymentAccess(9).MaxSizeOf(Pay(1, 0));
        pool = Pool(new PoolOptions { MaxBytes = 10 * size });
        Assert.Equal(10, Enumerable.Range(1, 50).Count(person => pool.Add(Pay(person, 0)) == PoolResult.Accepted));
    }

    /// <summary>A gap holds up its own sender alone; a nonce that was used by now does not even that; what never has its turn goes.</summary>
    [Fact]
    public void Gaps_HoldUpNobodyElse()
    {
        TransactionPool<Payment> pool = Pool(new PoolOptions { MaxPasses = 3 });
        foreach ((int person, ulong nonce) in new (int, ulong)[] { (1, 7), (1, 8), (2, 0), (3, 1), (3, 2), (3, 3) }) pool.Add(Pay(person, nonce));
        PoolFate OnlyTwoAndThreeFromTwoOn(Payment payment) => Name(payment) is (2, _) or (3, >= 2) ? PoolFate.Gone : PoolFate.Passed;
        Assert.Equal([(2, 0UL), (3, 2UL), (3, 3UL)], Drain(pool, OnlyTwoAndThreeFromTwoOn).Select(Name));
        Assert.Equal(2, pool.Count);
        for (int i = 0; i < 6; i++) Assert.Empty(Drain(pool, _ => PoolFate.Passed));
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Orders_MayBeAny_NoncesStayInTurn()
    {
        var random = new SeededRandom(TestSettings.Seed);
        TransactionPool<Payment> pool = Pool(order: new Shuffled(random));
        var next = new ulong[6];
        var expected = new ulong[6];
        for (int step = 0; step < 2_000; step++)
        {
            int person = random.Next(1, 6);
            if (random.Next(4) != 0)
            {
                if (pool.Add(Pay(person, next[person])) == PoolResult.Accepted) next[person]++;
                continue;
            }
            int room = random.Next(1, 9);
            foreach ((int sender, ulong nonce) in Drain(pool, _ => room-- > 0 ? PoolFate.Gone : PoolFate.Full).Select(Name)) Assert.Equal(expected[sender]++, nonce);
            Assert.Equal((int)(next.Sum(n => (long)n) - expected.Sum(n => (long)n)), pool.Count);
        }
    }

    private static (int, ulong) Name(Payment payment) => (Enumerable.Range(1, 400).First(person => new HashSigner(person).Address == payment.Sender), payment.Nonce);

    private sealed class Shuffled(SeededRandom random) : ITransactionOrder
    {
        public void Order(Span<WaitingPlace> places)
        {
            WaitingPlace[] all = places.ToArray();
            random.Shuffle(all);
            all.CopyTo(places);
        }
    }
}
