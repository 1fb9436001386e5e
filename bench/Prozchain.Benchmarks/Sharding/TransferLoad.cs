using System.Security.Cryptography;
using Prozchain.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// A network of accounts over eight shards, and rounds of transfers for it between random ones: every other one within
/// a shard, the rest anywhere. Ed25519 keys and signatures, or noise in their place.
/// </summary>
internal sealed class TransferLoad : IDisposable
{
    public const int Shards = 8;

    private const ulong ChainId = 1;
    private const long StartMs = 1_000_000;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"prozchain-bench-{Environment.ProcessId}-{Guid.NewGuid():n}.log");
    private readonly ReadOnlyMemory<byte>[][] _rounds;
    private readonly InProcessOptions _options;
    private readonly AdmissionResult[] _results;
    private FileLogStorage? _log;
    private InProcessEngine<TransferTransition>? _engine;
    private int _next;

    public TransferLoad(int accounts, int transfers, int rounds, bool signed)
    {
        ISigner[] wallets = new ISigner[accounts];
        Parallel.For(0, accounts, i => wallets[i] = signed ? new Ed25519Signer(SHA256.HashData(BitConverter.GetBytes(i))) : new FlatLoad.Noise(i));
        Address[] addresses = [.. wallets.Select(wallet => Address.FromPublicKey(wallet.PublicKey.Span))];
        ShardLayout layout = ShardLayout.Create(Shards);
        Dictionary<ShardId, int[]> byShard = Enumerable.Range(0, accounts).GroupBy(i => layout.ShardOf(addresses[i])).ToDictionary(group => group.Key, group => group.ToArray());
        var random = new Random(accounts);
        var nonces = new ulong[accounts];
        _rounds = new ReadOnlyMemory<byte>[rounds][];
        for (int round = 0; round < rounds; round++)
        {
            var picks = new (int From, int To, ulong Nonce)[transfers];
            for (int i = 0; i < transfers; i++)
            {
                int from = random.Next(accounts), to;
                int[] near = byShard[layout.ShardOf(addresses[from])];
                do to = (i & 1) == 0 ? near[random.Next(near.Length)] : random.Next(accounts); while (to == from);
                picks[i] = (from, to, nonces[from]++);
            }
            ReadOnlyMemory<byte>[] signedOnes = _rounds[round] = new ReadOnlyMemory<byte>[transfers];
            Parallel.For(0, transfers, i => signedOnes[i] = TransferView.Sign(wallets[picks[i].From], ChainId, addresses[picks[i].To], 1, picks[i].Nonce, StartMs + 3_000_000));
        }
        foreach (ISigner wallet in wallets) (wallet as IDisposable)?.Dispose();
        _results = new AdmissionResult[transfers];
        _options = new InProcessOptions
        {
            Rules = TransferEngine.Rules(ChainId, Shards), Cells = TransferEngine.Cells([.. addresses.Select(address => new GenesisAccount(address, 1 << 30))]), GenesisTimeMs = StartMs,
            ShardCount = Shards, MaxDegreeOfParallelism = 2, Verifier = signed ? null : new NoSignatures(),
        };
    }

    /// <summary>The network.</summary>
    public InProcessOptions Options => _options;

    /// <summary>Transfers of a round.</summary>
    public int Transfers => _results.Length;

    /// <summary>All rounds on a network of their own; the state root of each shard after each.</summary>
    public Digest[][] Record(ILogStorage log)
    {
        using InProcessEngine<TransferTransition> engine = InProcessEngine<TransferTransition>.Open(default, _options with { Log = log });
        return Array.ConvertAll(_rounds, round =>
        {
            engine.SubmitMany(round, _results);
            return (Digest[])[.. engine.RunRound(engine.TimeMs + 500).Shards.Select(shard => shard.StateRoot)];
        });
    }

    /// <summary>Before a round: when all rounds are through, a network that has run the first of them, its log in a new file.</summary>
    public void Before()
    {
        if (_engine is not null && _next < _rounds.Length) return;
        Close();
        _log = new FileLogStorage(_path);
        _engine = InProcessEngine<TransferTransition>.Open(default, _options with { Log = _log });
        _next = 0;
        // The first round lets it grow to its load.
        Run();
    }

    /// <summary>One round, from bytes handed in to a log that is flushed; every receipt is credited in it.</summary>
    public void Run()
    {
        _engine!.SubmitMany(_rounds[_next++], _results);
        EngineRound round = _engine.RunRound(_engine.TimeMs + 500);
        int applied = round.Shards.Sum(shard => shard.Applied);
        if (applied != _results.Length || _engine.ValueOnTheWay() != 0)
            throw new InvalidOperationException($"Expected {_results.Length} transfers applied and credited, got {applied} and {_engine.ValueOnTheWay()} on the way.");
    }

    /// <summary>Opens the log of all rounds.</summary>
    public void Resume()
    {
        using InProcessEngine<TransferTransition> resumed = InProcessEngine<TransferTransition>.Open(default, _options with { Log = _log! });
        if (resumed.Height != (ulong)_rounds.Length) throw new InvalidOperationException($"Expected {_rounds.Length} rounds, got {resumed.Height}.");
    }

    public void Dispose() => Close();

    private void Close()
    {
        _engine?.Dispose();
        _log?.Dispose();
        File.Delete(_path);
    }
}
