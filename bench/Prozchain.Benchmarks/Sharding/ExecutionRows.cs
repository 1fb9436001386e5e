using Prozchain.Benchmarks.Quick;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// Micro-blocks of flat transfers: from the bytes of the body to statuses, sorted writes, write digest and receipts
/// root. No signatures, and no root but where a row says so. The peer of a parallel row is the same block on one thread.
/// </summary>
internal static class ExecutionRows
{
    private const string Area = "Sharding";

    public static IReadOnlyList<QuickRow> All { get; } =
    [
        Declared("executed, uniform over 2^20 accounts, blocks of 10,000, 1 thread", 1 << 20, 10_000, disjoint: false, 1),
        Declared("executed, 32,768 accounts, none twice, blocks of 16,384, 1 thread", 1 << 15, 1 << 14, disjoint: true, 1),
        Declared("executed, 32,768 accounts, none twice, blocks of 16,384, 2 threads", 1 << 15, 1 << 14, disjoint: true, 2),
        Row("executed, root of the reference trie, 32,768 accounts, blocks of 4,096, 1 thread", WithRoot),
        Row("execution and root, 2^20 accounts, blocks of 10,000, 1 thread", () => WithState(1)),
        Row("execution and root, 2 shards on 2 threads", () => WithState(2)) with { Floor = new Goal(GoalOf.Value, 1_000_000), Peer = new Peer("1 shard on 1 thread") { Prepare = () => WithState(1) } },
        QuickRow.Figure(Area, "witness of 10,000 transfers over 2^20 accounts, bytes a transfer", "B", Better.Lower, Witness),
        Row("read, declared and hashed for their signatures, 1 thread", Collected),
        Row("read, verified (Ed25519 batches) and executed, blocks of 4,096, 1 thread", () => Signed(1)),
        Row("read, verified (Ed25519 batches) and executed, blocks of 4,096, 2 threads", () => Signed(2)) with { Floor = new Goal(GoalOf.Value, 50_000), Aim = new Goal(GoalOf.Value, 80_000) },
        Declared("p2p declared, 10,000 accounts, blocks of 10,000, 2 threads", 10_000, 10_000, disjoint: false, 2),
        Undeclared(10_000, 1_000),
        Undeclared(10_000, 10_000),
        Undeclared(1_000, 10_000),
        Undeclared(100, 10_000),
        Undeclared(2, 1_000),
    ];

    private static QuickRow Row(string name, Func<QuickBody> prepare) =>
        QuickRow.Rate(Area, "transfers " + name, "tx/s", prepare) with { Against = Yardstick.Registers, FromYardstick = Steps.PerSecond };

    private static QuickRow Declared(string name, int accounts, int transfers, bool disjoint, int threads)
    {
        QuickRow row = Row(name, () => Execute<TransferTransition>(accounts, transfers, disjoint, threads));
        return threads == 1 ? row with { Floor = new Goal(GoalOf.Value, 500_000) }
            : row with { Peer = new Peer("1 thread") { Prepare = () => Execute<TransferTransition>(accounts, transfers, disjoint, 1) } };
    }

    private static QuickRow Undeclared(int accounts, int transfers) =>
        Row($"p2p undeclared, {accounts:N0} accounts, blocks of {transfers:N0}, 2 threads", () => Execute<FlatLoad.Undeclared>(accounts, transfers, disjoint: false, 2)) with
        {
            Peer = new Peer("1 thread") { Prepare = () => Execute<FlatLoad.Undeclared>(accounts, transfers, disjoint: false, 1) },
        };

    private static QuickBody Execute<TTransition>(int accounts, int transfers, bool disjoint, int threads) where TTransition : struct, IShardTransition
    {
        var load = new FlatLoad(accounts, transfers, disjoint);
        var executor = new MicroBlockExecutor<TTransition>(default, maxDegreeOfParallelism: threads);
        var body = new MicroBlockBody();
        void Run()
        {
            body.Read(load.Body.Encoded);
            executor.Execute(load.Block, body, load);
            if (executor.Outcome.Counters.Applied != transfers) throw new InvalidOperationException($"Expected {transfers} applied, got {executor.Outcome.Counters.Applied}.");
        }
        return new QuickBody(Run, transfers, executor);
    }

    private static QuickBody WithRoot()
    {
        const int Transfers = 4096;
        var load = new FlatLoad(1 << 15, Transfers, disjoint: true);
        TrieStore store = load.Store();
        var executor = new MicroBlockExecutor<TransferTransition>(default);
        void Run()
        {
            executor.Execute(load.Block, load.Body, store);
            if (store.Stage(executor.Outcome.CopyWrites()) == store.Root) throw new InvalidOperationException("Expected another root.");
        }
        return new QuickBody(Run, Transfers, executor);
    }

    // Each thread has a shard of 2^20 accounts of its own.
    private static QuickBody WithState(int shards)
    {
        const int Transfers = 10_000;
        StateLoad[] loads = [.. Enumerable.Range(0, shards).Select(i => new StateLoad(1 << 20, Transfers, i << 24))];
        return new QuickBody(() => Parallel.For(0, shards, i => loads[i].Run()), shards * Transfers, new Disposer(() => Array.ForEach(loads, load => load.Dispose())), () => Array.ForEach(loads, load => load.Before()));
    }

    private static double Witness()
    {
        using var load = new StateLoad(1 << 20, 10_000, 0);
        (int witness, int proofs) = load.WitnessBytes();
        if (witness > proofs) throw new InvalidOperationException($"Expected a witness smaller than {proofs} bytes of proofs, got {witness}.");
        return witness / 10_000.0;
    }

    private static QuickBody Signed(int threads)
    {
        const int Transfers = 4096;
        var load = new FlatLoad(2 * Transfers, Transfers, disjoint: true, signed: true);
        var executor = new MicroBlockExecutor<TransferTransition>(default);
        var verifier = new Ed25519Verifier();
        var batch = new SignatureBatch();
        var body = new MicroBlockBody();
        void Run()
        {
            body.Read(load.Body.Encoded);
            if (!batch.Verify(default(TransferTransition), load.Block, body, verifier, threads).IsOk) throw new InvalidOperationException("Expected valid signatures.");
            executor.Execute(load.Block, body, load);
            if (executor.Outcome.Counters.Applied != Transfers) throw new InvalidOperationException($"Expected {Transfers} applied, got {executor.Outcome.Counters.Applied}.");
        }
        return new QuickBody(Run, Transfers, executor);
    }

    private static QuickBody Collected()
    {
        const int Transfers = 4096;
        var load = new FlatLoad(1 << 15, Transfers, disjoint: true);
        var batch = new SignatureBatch();
        var body = new MicroBlockBody();
        void Run()
        {
            body.Read(load.Body.Encoded);
            if (!batch.TryCollect(default(TransferTransition), load.Block, body).IsOk || batch.Count != Transfers) throw new InvalidOperationException("Expected all signatures.");
        }
        return new QuickBody(Run, Transfers);
    }
}
