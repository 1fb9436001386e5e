using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;

namespace Prozchain.Sharding.Tests.Support;

/// <summary>Seeded transfers between the first wallets, and what they must lead to: a bank without shards.</summary>
internal sealed class Workload(int seed)
{
    public const int Wallets = 32;

    private readonly Random _random = new(seed);
    private readonly ulong[] _balances = [.. Enumerable.Repeat(1000UL, Wallets)];
    private readonly ulong[] _nonces = new ulong[Wallets];

    /// <summary>Amounts are small enough that no order of arrival makes one fail, so that the bank is exact.</summary>
    public void Submit(InProcessEngine engine, int count)
    {
        for (int i = 0; i < count; i++)
        {
            int from = _random.Next(Wallets), to = _random.Next(Wallets);
            ulong amount = (ulong)_random.Next(5);
            if (_random.Next(10) == 0)
            {
                // One that nobody can pay: it uses the nonce and moves nothing.
                Assert.Equal(SubmitResult.Accepted, engine.Submit(TestNetwork.Pay(from, to, 1_000_000, _nonces[from]++)));
                continue;
            }
            Assert.Equal(SubmitResult.Accepted, engine.Submit(TestNetwork.Pay(from, to, amount, _nonces[from]++)));
            _balances[from] -= amount;
            _balances[to] += amount;
        }
    }

    public Account Expected(int wallet) => new(_nonces[wallet], _balances[wallet]);
}
