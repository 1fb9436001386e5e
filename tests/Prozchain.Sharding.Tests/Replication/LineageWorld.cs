using System.Diagnostics.CodeAnalysis;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Reshaping;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Shards without consensus that split and merge: machines, cells and states, and an archive of all they said.</summary>
internal sealed class LineageWorld : IDisposable
{
    public const ulong Balance = 1_000_000, Epoch = 2;

    private readonly MachineOptions _options;
    private readonly Dictionary<ShardId, TrieStore> _settled = [];
    private readonly MicroBlockBuilder _builder = new();

    private readonly Func<LayoutClass, IShardTransition> _transitionOf;

    public LineageWorld(int shards, int accounts)
        : this(ShardLayout.Create(shards), _ => default(TransferTransition), _ => SignersOf(accounts).Select(signer => new StateWrite(CellOf(signer), new Account(0, Balance).ToBytes())), MachineWorld.DefaultOptions().Atomic.Programs) =>
        Accounts = SignersOf(accounts);

    public LineageWorld(ShardLayout layout, Func<LayoutClass, IShardTransition> transitionOf, Func<LayoutClass, IEnumerable<StateWrite>> cellsOf, IReadOnlyDictionary<ushort, IAtomicProgram> programs)
    {
        (Layout, _transitionOf) = (layout, transitionOf);
        _options = new MachineOptions { Atomic = MachineWorld.DefaultOptions().Atomic with { RetentionMs = 20_000, Programs = programs } };
        foreach (ShardInfo info in Layout.Shards)
        {
            var cells = new HeapTrieStore(1 << 22, info.Prefix, info.Depth);
            cells.Stage([.. cellsOf(info.Class).Where(cell => info.Contains(cell.Key))]);
            cells.Commit();
            var machine = new ShardMachine<IShardTransition>(transitionOf(info.Class), Layout, info.Id, _options);
            Live.Add(info.Id, new Node(new ShardSlice<IShardTransition>(machine, cells, machine.Genesis), 0));
        }
    }

    /// <summary>The newest layout; shards take changes in when they like.</summary>
    public ShardLayout Layout { get; private set; }

    public TestSigner[] Accounts { get; } = [];

    public SortedDictionary<ShardId, Node> Live { get; } = [];

    public List<TopologyChange> Changes { get; } = [];

    public List<ProvenReceipt> Archive { get; } = [];

    public HashSet<Digest> Committed { get; } = [];

    public long NowMs { get; set; } = MachineWorld.StartMs;

    private static TestSigner[] SignersOf(int accounts) => [.. Enumerable.Range(0, accounts).Select(number => new TestSigner(number))];

    public static Digest CellOf(TestSigner signer) => Address.FromPublicKey(signer.PublicKey.Span).Digest;

    public TopologyChange Decide(ReshapeAction action)
    {
        var change = new TopologyChange(Layout.Version + 1, action, Layout.Version + 1, NowMs);
        Layout = change.ApplyTo(Layout);
        Changes.Add(change);
        return change;
    }

    /// <summary>Every change that the shard has not taken in; the last one may end it.</summary>
    public void CatchUp(Node node)
    {
        while (node.State.Layout.Version < (ulong)Changes.Count && node.State.Layout.IsLive(node.Id)) Block(node, topology: [Changes[(int)node.State.Layout.Version]]);
    }

    public ShardStep Block(Node node, IEnumerable<ProvenReceipt>? heard = null, IEnumerable<AtomicTransaction>? begun = null, TopologyChange[]? topology = null, Settlement[]? settlements = null, params byte[][] transactions)
    {
        byte[] body = Body(heard, begun, topology, settlements, transactions);
        MachineFault fault = Try(node, body, out ShardStep? step);
        Assert.Equal(MachineFault.None, fault);
        node.Slice.Cells.Stage(step!.Writes.Span);
        node.Slice.Cells.Commit();
        node.Slice = node.Slice with { State = step.After };
        node.Height++;
        node.Wanted = step.Wanted;
        node.TimeMs = NowMs;
        var source = new BodySource(node.Id, node.Height, Epoch, step.ReceiptsRoot);
        Archive.AddRange(step.Sent.Select(sent => ProvenReceipt.TryRead(source, (byte)sent.Kind, sent.Encoding, sent.Proof)!));
        if (step.Settled is { } settled) _settled[node.Id] = settled;
        return step;
    }

    public byte[] Body(IEnumerable<ProvenReceipt>? heard = null, IEnumerable<AtomicTransaction>? begun = null, TopologyChange[]? topology = null, Settlement[]? settlements = null, params byte[][] transactions)
    {
        ShardBody.Build(_builder, [.. heard ?? []], begun ?? [], transactions.Select(transaction => new ReadOnlyMemory<byte>(transaction)), topology, settlements);
        return TestNetwork.Encode(_builder.Write);
    }

    public MachineFault Try(Node node, byte[] body, out ShardStep? step)
    {
        NowMs = Math.Max(NowMs, node.TimeMs + 100);
        // The layout in which the shard lives, whatever comes with the block.
        ShardLayout layout = node.State.Layout.IsLive(node.Id) ? node.State.Layout : node.Slice.Machine.Layout;
        return node.Slice.Machine.Execute(new BlockContext(TestNetwork.ChainId, layout, node.Id, Epoch, node.Height + 1, NowMs), body, node.State, node.Slice.Cells, out step);
    }

    /// <summary>What ended shards say of a shard's open transactions.</summary>
    public Settlement[] SettlementsFor(Node node) => [.. node.Wanted.Where(name => _settled.ContainsKey(name.Shard)).Select(name =>
    {
        Digest key = ShardEnding.KeyOf(name.Transaction, name.Attempt);
        return new Settlement(name, _settled[name.Shard].TryGet(key, out ReadOnlySpan<byte> value) ? value.ToArray() : default, _settled[name.Shard].Prove(key));
    })];

    /// <summary>The shards of the last change end, and their heirs begin.</summary>
    public void Carry(TopologyChange change)
    {
        Node[] parents = change.Action.Sibling is { } sibling ? [Live[change.Action.Shard], Live[sibling]] : [Live[change.Action.Shard]];
        foreach (Node parent in parents)
        {
            CatchUp(parent);
            Live.Remove(parent.Id);
        }
        ulong height = parents.Max(parent => parent.Height);
        if (parents.Length == 1)
        {
            (ShardSlice<IShardTransition> left, ShardSlice<IShardTransition> right) = ShardMachine<IShardTransition>.Split(parents[0].Slice);
            foreach (ShardSlice<IShardTransition> half in (ShardSlice<IShardTransition>[])[left, right]) Live.Add(half.Machine.Shard.Id, new Node(half, height) { TimeMs = parents[0].TimeMs });
            return;
        }
        Assert.Equal(StageResult.Ok, ShardMachine<IShardTransition>.TryMerge(parents[0].Slice, parents[1].Slice, out ShardSlice<IShardTransition> whole));
        Live.Add(whole.Machine.Shard.Id, new Node(whole, height) { TimeMs = parents.Max(parent => parent.TimeMs) });
    }

    /// <summary>A block that hears what it hears: bundles in the order of their channels, as a proposer puts them.</summary>
    public void Hear(Node node, TopologyChange[] topology, List<AtomicTransaction> begun, byte[][] transactions, Func<ProvenReceipt, bool> hears, bool settles)
    {
        ShardLayout layout = topology.Aggregate(node.State.Layout, (at, change) => change.ApplyTo(at));
        ProvenReceipt[] heard = [.. Archive.Where(receipt => receipt.Source.Shard != node.Id && layout.TryGetInfo(receipt.Source.Shard, out _) && hears(receipt)).OrderBy(receipt => receipt.Source.Height)];
        Block(node, heard, begun, topology, settles ? SettlementsFor(node) : [], transactions);
    }

    /// <summary>Everything reaches everybody, and time goes on, until nothing is open.</summary>
    public void Settle()
    {
        for (int round = 0; round < 60; round++)
        {
            int archived = Archive.Count;
            foreach (Node node in Live.Values)
            {
                CatchUp(node);
                Hear(node, [], [], [], _ => true, settles: true);
            }
            NowMs += 1000;
            if (round > 20 && Archive.Count == archived && Live.Values.All(node => OpenIn(node) == 0)) return;
        }
        Assert.Fail("Expected nothing open, got " + string.Join(", ", Live.Values.Select(OpenIn)));
    }

    public int OpenIn(Node node) => Block(node).OpenAtomic;

    public Account AccountOf(TestSigner signer) => Live.Values.First(node => node.Slice.Machine.Shard.Contains(CellOf(signer))).Slice.Cells.TryGet(CellOf(signer), out ReadOnlySpan<byte> value) ? Account.Read(value) : default;

    public UInt128 Total()
    {
        UInt128 total = 0;
        foreach (TestSigner account in Accounts) total += AccountOf(account).Balance;
        return total;
    }

    public byte[] Pay(TestSigner from, TestSigner to, ulong amount) =>
        TransferView.Sign(from, TestNetwork.ChainId, Address.FromPublicKey(to.PublicKey.Span), amount, AccountOf(from).Nonce, NowMs + 500_000);

    public AtomicTransaction Swap(TestSigner one, ulong gives, TestSigner other, ulong takes, long validMs = 8_000) => AtomicTransaction.Sign(
        new AtomicTransaction.Header(TestNetwork.ChainId, NowMs, NowMs + validMs, 1), [new DeclaredCell(CellOf(one), true), new DeclaredCell(CellOf(other), true)],
        MultiTransfer.Encode(new MultiTransfer.Move(CellOf(one), CellOf(other), gives), new MultiTransfer.Move(CellOf(other), CellOf(one), takes)), one, other);

    public void Dispose()
    {
        foreach (Node node in Live.Values)
        {
            node.Slice.Machine.Dispose();
            node.Slice.Cells.Dispose();
        }
    }

    internal sealed class Node(ShardSlice<IShardTransition> slice, ulong height)
    {
        public ShardSlice<IShardTransition> Slice { get; set; } = slice;

        public MachineState State => Slice.State;

        public ShardId Id => Slice.Machine.Shard.Id;

        public ulong Height { get; set; } = height;

        public long TimeMs { get; set; }

        public IReadOnlyList<SettlementName> Wanted { get; set; } = [];

        /// <summary>Only the bytes of the state stay.</summary>
        [SuppressMessage("Reliability", "CA2000", Justification = "The slice owns its machine.")]
        public void Restart(LineageWorld world)
        {
            byte[] bytes = TestNetwork.Encode(State.Write);
            Assert.Equal(ReadResult.Ok, MachineState.TryRead(bytes, out MachineState? state));
            Assert.Equal((State.ChannelsDigest, State.AtomicDigest), (state!.ChannelsDigest, state.AtomicDigest));
            ShardLayout layout = Slice.Machine.Layout;
            Slice.Machine.Dispose();
            Slice = Slice with { Machine = new ShardMachine<IShardTransition>(world._transitionOf(Slice.Machine.Shard.Class), layout, Id, world._options), State = state };
        }
    }
}
