using System.Buffers;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.State;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// A shard of many accounts in a heap trie, and blocks of transfers between random ones of them, executed one after the
/// other: from the bytes of each body to the committed root. Keys and signatures are noise.
/// </summary>
internal sealed class StateLoad : IDisposable
{
    private const int Blocks = 8;

    private readonly HeapTrieStore _store = new(1L << 29);
    private readonly MicroBlockExecutor<TransferTransition> _executor = new(default);
    private readonly MicroBlockBody _body = new();
    private readonly byte[][] _bodies = new byte[Blocks][];
    private readonly StateWrite[] _start;
    private readonly BlockContext _block;
    private readonly int _transfers;
    private int _next;

    /// <param name="accounts">Number of accounts, all funded.</param>
    /// <param name="transfers">Number of transfers in a block.</param>
    /// <param name="seed">Other accounts and transfers.</param>
    public StateLoad(int accounts, int transfers, int seed)
    {
        _transfers = transfers;
        var addresses = new Address[accounts];
        byte[] value = new byte[Account.Size];
        new Account(0, 1 << 30).WriteTo(value);
        _start = new StateWrite[accounts];
        for (int i = 0; i < accounts; i++)
        {
            addresses[i] = Address.FromPublicKey(new FlatLoad.Noise(seed + i).PublicKey.Span);
            _start[i] = new StateWrite(addresses[i].Digest, value);
        }
        Reset();
        var random = new Random(seed);
        var nonces = new ulong[accounts];
        var builder = new MicroBlockBuilder();
        for (int block = 0; block < Blocks; block++)
        {
            builder.Clear();
            for (int i = 0; i < transfers; i++)
            {
                int from = random.Next(accounts), to = (from + 1 + random.Next(accounts - 1)) % accounts;
                builder.AddTransaction(TransferView.Sign(new FlatLoad.Noise(seed + from), FlatLoad.ChainId, addresses[to], 1, nonces[from]++, 1000));
            }
            var output = new ArrayBufferWriter<byte>();
            builder.Write(output);
            _bodies[block] = output.WrittenSpan.ToArray();
        }
        ShardLayout layout = ShardLayout.Create(1);
        _block = new BlockContext(FlatLoad.ChainId, layout, layout.Shards[0].Id, 1, 1, 1);
    }

    /// <summary>Before a block: back to the start when all are through.</summary>
    public void Before()
    {
        if (_next < Blocks) return;
        Reset();
        _next = 0;
    }

    /// <summary>One block.</summary>
    public void Run()
    {
        _body.Read(_bodies[_next++]);
        _executor.Execute(_block, _body, _store);
        if (_executor.Outcome.Counters.Applied != _transfers) throw new InvalidOperationException($"Expected {_transfers} applied, got {_executor.Outcome.Counters.Applied}.");
        _store.Stage(_executor.Outcome.Writes);
        _store.Commit();
    }

    /// <summary>Bytes of the witness of the first block, and of a proof for each of its cells.</summary>
    public (int Witness, int Proofs) WitnessBytes()
    {
        _body.Read(_bodies[0]);
        _executor.Execute(_block, _body, _store);
        var output = new ArrayBufferWriter<byte>();
        _executor.Outcome.WriteWitness(_store, output);
        int witness = output.WrittenCount;
        output.ResetWrittenCount();
        var touched = new Prozchain.Sharding.Digest[_executor.Outcome.TouchedCount];
        _executor.Outcome.CopyTouched(touched);
        foreach (Prozchain.Sharding.Digest key in touched) _store.Prove(key).Write(output);
        return (witness, output.WrittenCount + touched.Length * (32 + 2 + Account.Size));
    }

    public void Dispose()
    {
        _executor.Dispose();
        _store.Dispose();
    }

    private void Reset()
    {
        _store.Revert();
        foreach (StateWrite[] batch in _start.Chunk(1 << 17))
        {
            _store.Stage(batch);
            _store.Commit();
        }
    }
}
