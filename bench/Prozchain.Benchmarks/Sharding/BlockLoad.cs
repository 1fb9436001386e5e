using Prozchain.Sharding;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Benchmarks.Sharding;

/// <summary>
/// The blocks of a <see cref="TransferLoad"/>, made already: its bodies, out of the log that an engine wrote. A run
/// executes a round of them on every shard: body read, bundles of other shards proven and credited, transfers, channels,
/// receipts tree, digests, cells staged and committed, and the shard's state root, held against the engine's.
/// </summary>
internal sealed class BlockLoad : IDisposable
{
    private readonly TransferLoad _load;
    private readonly ShardLayout _layout = ShardLayout.Create(TransferLoad.Shards);
    private readonly List<byte[]> _records = [];
    private readonly Digest[][] _roots;
    private readonly int _blocks;
    private readonly (long TimeMs, ReadOnlyMemory<byte>[] Bodies)[] _rounds;
    private Replica[] _replicas = [];
    private int _next;

    public BlockLoad(int accounts, int transfers, int rounds)
    {
        _load = new TransferLoad(accounts, transfers, rounds, signed: false);
        _blocks = _load.Options.MicroBlocks;
        _roots = _load.Record(new Tape(_records));
        _rounds = [.. _records.Skip(1).Select(Read)];
        if (_rounds.Length != rounds) throw new InvalidOperationException($"Expected {rounds} rounds in the log, got {_rounds.Length}.");
    }

    /// <summary>Before a round: when all rounds are through, shards that have run the first of them.</summary>
    public void Before()
    {
        if (_replicas.Length > 0 && _next < _rounds.Length) return;
        foreach (Replica replica in _replicas) replica.Dispose();
        _replicas = [.. _layout.Shards.Select(info => new Replica(info, _layout, _load.Options))];
        _next = 0;
        // The first round lets them grow to their load.
        Run();
    }

    /// <summary>One round on all shards.</summary>
    public void Run()
    {
        int round = _next++, applied = 0;
        Parallel.For(0, _replicas.Length, new ParallelOptions { MaxDegreeOfParallelism = 2 }, shard =>
        {
            int done = _replicas[shard].Run(_rounds[round].TimeMs, _rounds[round].Bodies.AsSpan(shard * _blocks, _blocks), _roots[round][shard]);
            Interlocked.Add(ref applied, done);
        });
        if (applied != _load.Transfers) throw new InvalidOperationException($"Expected {_load.Transfers} transfers applied, got {applied}.");
    }

    public void Dispose()
    {
        foreach (Replica replica in _replicas) replica.Dispose();
        _load.Dispose();
    }

    // docs/formats/sharding-engine.md: version, kind, time, bodies.
    private (long, ReadOnlyMemory<byte>[]) Read(byte[] record)
    {
        int at = 2;
        long time = BitConverter.ToInt64(record, at);
        at += sizeof(long);
        var bodies = new ReadOnlyMemory<byte>[Varint(record, ref at)];
        for (int i = 0; i < bodies.Length; i++)
        {
            int length = Varint(record, ref at);
            bodies[i] = record.AsMemory(at, length);
            at += length;
        }
        return (time, bodies);
    }

    private static int Varint(byte[] bytes, ref int at)
    {
        int value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = bytes[at++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }

    /// <summary>Keeps apart what is written to it piece by piece.</summary>
    private sealed class Tape(List<byte[]> records) : ILogStorage
    {
        private readonly MemoryLogStorage _log = new();

        public long Length => _log.Length;

        public void Read(long offset, Span<byte> destination) => _log.Read(offset, destination);

        public void Write(long offset, ReadOnlySpan<byte> source)
        {
            _log.Write(offset, source);
            // Longer than the heads of file and records.
            if (source.Length > 16) records.Add(source.ToArray());
        }

        public void Truncate(long length) => _log.Truncate(length);

        public void Flush() { }
    }

    /// <summary>One shard, from the body of a block to its committed cells; the machine as every host drives it.</summary>
    private sealed class Replica : IDisposable
    {
        private readonly ShardInfo _info;
        private readonly ShardLayout _layout;
        private readonly InProcessOptions _options;
        private readonly ShardMachine<TransferTransition> _machine;
        private readonly HeapTrieStore _cells;
        private ShardStep _step = new(), _spare = new();
        private MachineState _state;
        private ulong _height;

        public Replica(ShardInfo info, ShardLayout layout, InProcessOptions options)
        {
            (_info, _layout, _options) = (info, layout, options);
            _machine = new ShardMachine<TransferTransition>(default, layout, info.Id, options.Rules);
            _cells = new HeapTrieStore(options.StateBytes, info.Prefix, info.Depth);
            _cells.Stage([.. options.Cells.Where(cell => layout.ShardOf(cell.Key) == info.Id)]);
            _cells.Commit();
            _state = _machine.Genesis;
        }

        public int Run(long timeMs, ReadOnlySpan<ReadOnlyMemory<byte>> bodies, in Digest root)
        {
            int applied = 0;
            for (int i = 0; i < bodies.Length; i++) applied += Execute(bodies[i], timeMs - (bodies.Length - 1 - i) * _options.MicroBlockMs);
            Digest found = _state.StateRoot(_cells.Root);
            if (found != root) throw new InvalidOperationException($"Expected root {root}, got {found}.");
            // The sealing block, which is empty.
            return applied + Execute(default, timeMs);
        }

        public void Dispose()
        {
            _machine.Dispose();
            _cells.Dispose();
        }

        private int Execute(ReadOnlyMemory<byte> body, long timeMs)
        {
            var block = new BlockContext(_options.Rules.Atomic.ChainId, _layout, _info.Id, 0, ++_height, timeMs);
            MachineFault fault = _machine.Execute(block, body, _state, _cells, _spare);
            if (fault != MachineFault.None) throw new InvalidOperationException($"Expected a block that executes, got {fault}.");
            _cells.Stage(_spare.Writes.Span);
            _cells.Commit();
            (_step, _spare) = (_spare, _step);
            _state = _step.After;
            return _step.Counters.Applied;
        }
    }
}
