using System.Buffers;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Two shards without consensus: each is its machine, its cells and its state, and hears the other as the test says.</summary>
internal sealed class MachineWorld
{
    public const long StartMs = 1_000_000;
    public const ulong Epoch = 2;

    public static ShardLayout Layout { get; } = ShardLayout.Create(2);

    public MachineWorld(MachineOptions? options = null)
    {
        Options = options ?? DefaultOptions();
        Shards = [.. Layout.Shards.Select(info => new Shard(this, info))];
    }

    public MachineOptions Options { get; }

    public Shard[] Shards { get; }

    public static MachineOptions DefaultOptions() => new()
    {
        Atomic = new AtomicOptions { ChainId = TestNetwork.ChainId, Programs = new Dictionary<ushort, IAtomicProgram> { [1] = new MultiTransfer() }, MaxPerBlock = 16 },
    };

    /// <summary>A wallet whose account lies on a shard.</summary>
    public static int Wallet(int shard, int number = 0)
    {
        int wallet = -1;
        for (; number >= 0; number--) wallet = TestNetwork.WalletOn(Layout, shard, wallet + 1);
        return wallet;
    }

    public static Digest CellOf(int wallet) => TestNetwork.AddressOf(wallet).Digest;

    /// <summary>A swap of amounts between two wallets, signed by both.</summary>
    public static AtomicTransaction Swap(int one, ulong gives, int other, ulong takes, long beginMs, long validMs = 5_000) => AtomicTransaction.Sign(
        new AtomicTransaction.Header(TestNetwork.ChainId, beginMs, beginMs + validMs, 1), [new DeclaredCell(CellOf(one), true), new DeclaredCell(CellOf(other), true)],
        MultiTransfer.Encode(new MultiTransfer.Move(CellOf(one), CellOf(other), gives), new MultiTransfer.Move(CellOf(other), CellOf(one), takes)),
        TestNetwork.Wallet(one), TestNetwork.Wallet(other));

    internal sealed class Shard(MachineWorld world, ShardInfo info) : IDisposable
    {
        private readonly HeapTrieStore _cells = new(1 << 22, info.Prefix, info.Depth);
        private readonly MicroBlockBuilder _builder = new();
        private MachineState? _state;

        public ShardMachine<TransferTransition> Machine { get; private set; } = new(default, Layout, info.Id, world.Options);

        public ulong Height { get; private set; }

        public long TimeMs => StartMs + 100 * (long)Height;

        public HeapTrieStore Cells => _cells;

        public MachineState State => _state ?? Machine.Genesis;

        /// <summary>Another machine goes on, which has only the bytes of the state.</summary>
        public void Replace()
        {
            byte[] bytes = TestNetwork.Encode(State.Write);
            Machine.Dispose();
            Machine = new ShardMachine<TransferTransition>(default, Layout, info.Id, world.Options);
            Assert.Equal(Sharding.Wire.ReadResult.Ok, MachineState.TryRead(bytes, out _state));
        }

        public void Fund(ulong balance, params int[] wallets)
        {
            _cells.Stage([.. wallets.Select(wallet => new StateWrite(CellOf(wallet), new Account(0, balance).ToBytes()))]);
            _cells.Commit();
        }

        public ulong BalanceOf(int wallet) => _cells.TryGet(CellOf(wallet), out ReadOnlySpan<byte> value) ? Account.Read(value).Balance : 0;

        public byte[] Body(IEnumerable<ProvenReceipt>? heard = null, IEnumerable<AtomicTransaction>? begun = null, params byte[][] transactions)
        {
            ShardBody.Build(_builder, [.. heard ?? []], begun ?? [], transactions.Select(transaction => new ReadOnlyMemory<byte>(transaction)));
            return TestNetwork.Encode(_builder.Write);
        }

        public BlockContext Context(long? timeMs = null) => new(TestNetwork.ChainId, Layout, info.Id, Epoch, Height + 1, timeMs ?? TimeMs + 100);

        public MachineFault Try(byte[] body, out ShardStep? step, long? timeMs = null) => Machine.Execute(Context(timeMs), body, State, _cells, out step);

        public ShardStep Step(IEnumerable<ProvenReceipt>? heard = null, IEnumerable<AtomicTransaction>? begun = null, params byte[][] transactions) => Take(Body(heard, begun, transactions));

        /// <summary>A block that orders requests for locks, or prepares attempts.</summary>
        public ShardStep Step(IEnumerable<ProvenReceipt>? heard, IReadOnlyCollection<LockRequest>? locks, IReadOnlyCollection<LockRequest>? prepared)
        {
            ShardBody.Build(_builder, [.. heard ?? []], [], [], locks: locks, prepared: prepared);
            return Take(TestNetwork.Encode(_builder.Write));
        }

        private ShardStep Take(byte[] body)
        {
            Assert.Equal(MachineFault.None, Try(body, out ShardStep? step));
            _cells.Stage(step!.Writes.Span);
            _cells.Commit();
            _state = step.After;
            Height++;
            return step;
        }

        /// <summary>What another shard hears of a block of this one.</summary>
        public ProvenReceipt[] Said(ShardStep step, ulong? height = null)
        {
            var source = new BodySource(info.Id, height ?? Height, Epoch, step.ReceiptsRoot);
            return [.. step.Sent.Select(sent => ProvenReceipt.TryRead(source, (byte)sent.Kind, sent.Encoding, sent.Proof)!)];
        }

        public void Dispose()
        {
            Machine.Dispose();
            _cells.Dispose();
        }
    }
}
