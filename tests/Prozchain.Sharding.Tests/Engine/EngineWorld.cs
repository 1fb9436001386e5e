using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Committees;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Engine;

/// <summary>Small networks of accounts in one process.</summary>
internal static class EngineWorld
{
    public const long StartMs = 1_000_000, RoundMs = 500;
    public const ulong Balance = 1000;
    public const int Wallets = 48;

    public static InProcessOptions Options(int shards, ILogStorage? log = null, bool beacon = false, ulong balance = Balance) => new()
    {
        Rules = TransferEngine.Rules(TestNetwork.ChainId, shards),
        Cells = TransferEngine.Cells([.. Enumerable.Range(0, Wallets).Select(i => new GenesisAccount(TestNetwork.AddressOf(i), balance))]),
        GenesisTimeMs = StartMs, ShardCount = shards, StateBytes = 1 << 20, Verifier = new TestVerifier(), Log = log ?? new MemoryLogStorage(),
        Validators = beacon ? [.. Enumerable.Range(500, 5).Select(i => new EngineValidator(TestNetwork.Wallet(i), 1_000_000))] : [], RoundsPerEpoch = 4, UnsafeDevelopment = new CommitteeParameters(4),
    };

    public static InProcessEngine<TransferTransition> Open(InProcessOptions options) => InProcessEngine<TransferTransition>.Open(default, options);

    public static byte[] Pay(int from, int to, ulong amount, ulong nonce, long validMs = 1_000_000) =>
        TestShard.Pay(TestNetwork.Wallet(from), TestNetwork.AddressOf(to), amount, nonce, StartMs + validMs);

    public static byte[] Swap(int one, ulong gives, int other, ulong takes, long beginMs, long validMs = 5_000)
    {
        (Digest first, Digest second) = (TestNetwork.AddressOf(one).Digest, TestNetwork.AddressOf(other).Digest);
        return AtomicTransaction.Sign(
            new AtomicTransaction.Header(TestNetwork.ChainId, beginMs, beginMs + validMs, TransferEngine.MultiTransferProgram), [new DeclaredCell(first, true), new DeclaredCell(second, true)],
            MultiTransfer.Encode(new MultiTransfer.Move(first, second, gives), new MultiTransfer.Move(second, first, takes)), TestNetwork.Wallet(one), TestNetwork.Wallet(other)).Encoded.ToArray();
    }

    public static EngineRound Round(this InProcessEngine<TransferTransition> engine, ReadOnlyMemory<byte> mark = default) => engine.RunRound(engine.TimeMs + RoundMs, mark);

    public static Account AccountOf(this InProcessEngine<TransferTransition> engine, int wallet) => engine.GetAccount(TestNetwork.AddressOf(wallet));

    public static void AssertConserved(this InProcessEngine<TransferTransition> engine, ulong balance = Balance) =>
        Assert.Equal((UInt128)balance * Wallets, engine.TotalSupply() + engine.ValueInFlight());

    /// <summary>All of a round that a host can see and that a resume must give again.</summary>
    public static string Describe(EngineRound round) => $"{round.Height} {round.TimeMs} {round.Epoch} {round.BeaconHash} {Convert.ToHexString(round.HostMark.Span)} {round.Records.Count} "
        + string.Join('\n', round.Shards.Select(shard => $"{shard.Header.Hash} {shard.StateRoot} {shard.Applied}/{shard.Failed}/{shard.AtomicBegun}/{shard.AtomicOpen}/{shard.ReceiptsIn}/{shard.ReceiptsOut}/{shard.GasUsed} {string.Join(' ', shard.Deliveries)}"));

    public static byte[] BytesOf(MemoryLogStorage log)
    {
        var bytes = new byte[log.Length];
        log.Read(0, bytes);
        return bytes;
    }

    public static MemoryLogStorage LogOf(ReadOnlySpan<byte> bytes)
    {
        var log = new MemoryLogStorage();
        log.Write(0, bytes);
        return log;
    }

    /// <summary>Two wallets of different shards.</summary>
    public static (int Left, int Right) Pair(ShardLayout layout) => (TestNetwork.WalletOn(layout, 0), TestNetwork.WalletOn(layout, 1));
}

/// <summary>
/// Seeded transfers, and what they must lead to: a bank without shards. Amounts are small enough that no order of arrival
/// makes one fail but those that nobody can pay. Wallets from 32 on swap, and come back to where they were.
/// </summary>
internal sealed class EngineLoad(int seed)
{
    private const int Payers = 32;

    private readonly Random _random = new(seed);
    private readonly ulong[] _balances = [.. Enumerable.Repeat(EngineWorld.Balance, Payers)];
    private readonly ulong[] _nonces = new ulong[Payers];

    public void Submit(InProcessEngine<TransferTransition> engine, int count, bool swaps = false)
    {
        var transactions = new List<ReadOnlyMemory<byte>>();
        for (int i = 0; i < count; i++)
        {
            int from = _random.Next(Payers), to = _random.Next(Payers);
            ulong amount = (ulong)_random.Next(5);
            if (_random.Next(10) == 0)
            {
                transactions.Add(EngineWorld.Pay(from, to, 1_000_000, _nonces[from]++));
                continue;
            }
            transactions.Add(EngineWorld.Pay(from, to, amount, _nonces[from]++));
            _balances[from] -= amount;
            _balances[to] += amount;
        }
        var results = new AdmissionResult[count];
        engine.SubmitMany(transactions, results);
        Assert.All(results, result => Assert.Equal(AdmissionResult.Accepted, result));
        for (int i = 0; swaps && i < 3; i++)
        {
            int one = Payers + _random.Next(8), other = Payers + 8 + _random.Next(8);
            Assert.Equal(AdmissionResult.Accepted, engine.SubmitAtomic(EngineWorld.Swap(one, (ulong)_random.Next(3000), other, 5, engine.TimeMs + i)));
        }
    }

    public Account Expected(int wallet) => new(_nonces[wallet], _balances[wallet]);

    public void AssertReached(InProcessEngine<TransferTransition> engine)
    {
        for (int wallet = 0; wallet < Payers; wallet++) Assert.Equal(Expected(wallet), engine.AccountOf(wallet));
    }
}
