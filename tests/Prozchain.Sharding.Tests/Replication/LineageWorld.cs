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

    public LineageWorld(int shards, int accounts)
    {
        Layout = ShardLayout.Create(shards);
        _options = new MachineOptions { Atomic = MachineWorld.DefaultOptions().Atomic with { RetentionMs = 20_000 } };
        Accounts = [.. Enumerable.Range(0, accounts).Select(number => new TestSigner(number))];
        foreach (ShardInfo info in Layout.Shards)
        {
            var cells = new HeapTrieStore(1 << 22, info.Prefix, info.Depth);
            cells.Stage([.. Accounts.Select(CellOf).Where(cell => info.Contains(cell)).Select(cell => new StateWrite(cell, new Account(0, Balance).ToBytes()))]);
            cells.Commit();
            var machine = new ShardMachine<TransferTransition>(default, Layout, info.Id, _options);
            Live.Add(info.Id, new Node(new ShardSlice<TransferTransition>(machine, cells, machine.Genesis), 0));
        }
    }

    /// <summary>The newest layout; shards take changes in when they like.</summary>
    public ShardLayout Layout { get; private set; }

    public TestSigner[] Accounts { get; }

    public SortedDictionary<ShardId, Node> Live { get; } = [];

    public List<TopologyChange> Changes { get; } = [];

    public List<ProvenReceipt> Archive { get; } = [];

    public HashSet<Digest> Committed { get; } = [];

    public long NowMs { get; set; } = MachineWorld.StartMs;

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
            (ShardSlice<TransferTransition> left, ShardSlice<TransferTransition> right) = ShardMachine<TransferTransition>.Split(parents[0].Slice);
            foreach (ShardSlice<TransferTransition> half in (ShardSlice<TransferTransition>[])[left, right]) Live.Add(half.Machine.Shard.Id, new Node(half, height) { TimeMs = parents[0].TimeMs });
            return;
        }
        Assert.Equal(StageResult.Ok, ShardMachine<TransferTransition>.TryMerge(parents[0].Slice, parents[1].Slice, out ShardSlice<TransferTransition> whole));
        Live.Add(whole.Machine.Shard.Id, new Node(whole, height) { TimeMs = parents.Max(parent => parent.TimeMs) });
    }

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

    internal sealed class Node(ShardSlice<TransferTransition> slice, ulong height)
    {
        public ShardSlice<TransferTransition> Slice { get; set; } = slice;

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
            Slice = Slice with { Machine = new ShardMachine<TransferTransition>(default, layout, Id, world._options), State = state };
        }
    }
}
