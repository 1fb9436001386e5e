using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

public class MachineAllocationTests
{
    private const int Turns = 90, Local = 3, Across = 2;

    /// <summary>Two shards that pay within and to each other: body to committed root, channels, receipts and their proofs.</summary>
    [Fact]
    public void Execute_IntoStepsUsedAgain_GivesTheSameAndAllocatesNothing()
    {
        (byte[][][] bodies, Digest[][] said) = Record();
        Replay[] shards = [.. MachineWorld.Layout.Shards.Select((info, i) => new Replay(info, bodies[i], said[i]))];
        int turn = 0;
        AllocationAssert.None(() =>
        {
            foreach (Replay shard in shards) shard.Run(turn);
            turn++;
        }, warmUps: 40);
        Assert.All(shards, shard => Assert.True(shard.Bundles > turn / 2));
        foreach (Replay shard in shards) shard.Dispose();
    }

    [Fact]
    public void Execute_OntoAStateThatIsNoMore_StartsFromItsBytes()
    {
        (byte[][][] bodies, Digest[][] said) = Record(4);
        using var one = new Replay(MachineWorld.Layout.Shards[0], bodies[0], said[0]);
        one.Run(0);
        one.Run(1);
        // Another machine writes into the object that the first one's parts are at.
        MachineState at = one.State;
        using var other = new Replay(MachineWorld.Layout.Shards[0], bodies[0], said[0], one.Step);
        other.Run(0);
        Assert.Same(at, other.State);
        one.Continue(other);
        one.Run(1);
        ShardStep step = one.Step;
        Assert.Throws<ArgumentException>(() => one.Machine.Execute(one.Context(2), bodies[0][2], step.After, one.Cells, step));
    }

    // The blocks of both shards, and what each said and wrote, from steps of their own.
    private static (byte[][][] Bodies, Digest[][] Said) Record(int turns = Turns)
    {
        var world = new MachineWorld();
        byte[][][] bodies = [new byte[turns][], new byte[turns][]];
        Digest[][] said = [new Digest[2 * turns], new Digest[2 * turns]];
        ProvenReceipt[][] heard = [[], []];
        for (int i = 0; i < 2; i++) Fund(world.Shards[i].Fund, i);
        for (int turn = 0; turn < turns; turn++)
        {
            var steps = new ShardStep[2];
            for (int i = 0; i < 2; i++)
            {
                byte[][] transfers = [.. Enumerable.Range(0, Local + Across).Select(n => TestShard.Pay(
                    TestNetwork.Wallet(MachineWorld.Wallet(i, n)), TestNetwork.AddressOf(MachineWorld.Wallet(n < Local ? i : 1 - i, n + 1)), 1, (ulong)turn, MachineWorld.StartMs + 100_000))];
                bodies[i][turn] = world.Shards[i].Body(heard[i], null, transfers);
                steps[i] = world.Shards[i].Step(heard[i], null, transfers);
                (said[i][2 * turn], said[i][2 * turn + 1]) = (steps[i].ReceiptsRoot, steps[i].WriteDigest);
            }
            for (int i = 0; i < 2; i++) heard[i] = world.Shards[1 - i].Said(steps[1 - i]);
        }
        foreach (MachineWorld.Shard shard in world.Shards) shard.Dispose();
        return (bodies, said);
    }

    private static void Fund(Action<ulong, int[]> fund, int shard) => fund(1000, [.. Enumerable.Range(0, Local + Across).Select(n => MachineWorld.Wallet(shard, n))]);

    private sealed class Replay : IDisposable
    {
        private readonly ShardInfo _info;
        private readonly byte[][] _bodies;
        private readonly Digest[] _said;
        private ShardStep _spare = new();

        public Replay(ShardInfo info, byte[][] bodies, Digest[] said, ShardStep? first = null)
        {
            (_info, _bodies, _said, Step) = (info, bodies, said, new ShardStep());
            if (first is not null) _spare = first;
            Machine = new ShardMachine<TransferTransition>(default, MachineWorld.Layout, info.Id, MachineWorld.DefaultOptions());
            State = Machine.Genesis;
            Cells = new HeapTrieStore(1 << 22, info.Prefix, info.Depth);
            Fund((balance, wallets) =>
            {
                Cells.Stage([.. wallets.Select(wallet => new StateWrite(MachineWorld.CellOf(wallet), new Account(0, balance).ToBytes()))]);
                Cells.Commit();
            }, MachineWorld.Layout.Shards[0].Id == info.Id ? 0 : 1);
        }

        public ShardMachine<TransferTransition> Machine { get; }

        public HeapTrieStore Cells { get; private set; }

        public MachineState State { get; private set; }

        public ShardStep Step { get; private set; }

        public int Bundles { get; private set; }

        public BlockContext Context(int turn) => new(TestNetwork.ChainId, MachineWorld.Layout, _info.Id, MachineWorld.Epoch, (ulong)turn + 1, MachineWorld.StartMs + 100 * (long)turn + 100);

        public void Run(int turn)
        {
            MachineFault fault = Machine.Execute(Context(turn), _bodies[turn], State, Cells, _spare);
            if (fault != MachineFault.None || _spare.ReceiptsRoot != _said[2 * turn] || _spare.WriteDigest != _said[2 * turn + 1])
                throw new InvalidOperationException($"Expected block {turn} to give what it gave before, got {fault}.");
            Cells.Stage(_spare.Writes.Span);
            Cells.Commit();
            foreach (ChannelResult result in _spare.Bundles)
                if (result == ChannelResult.Applied) Bundles++;
            (Step, _spare) = (_spare, Step);
            State = Step.After;
        }

        /// <summary>Goes on from where another one is.</summary>
        public void Continue(Replay other)
        {
            Cells.Dispose();
            Cells = other.Cells;
            (State, Step, _spare) = (other.State, other.Step, new ShardStep());
        }

        public void Dispose()
        {
            Machine.Dispose();
            Cells.Dispose();
        }
    }
}
