using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Simulation;

/// <summary>The bank's customers: each has one transfer under way at a time and hands it in again until it is executed.</summary>
internal sealed class BankLoad
{
    private const long TickMs = 10, AgainMs = 2_000, ValidMs = 600_000;
    private const int Stranger = 1 << 24;

    private readonly BankOptions _options;
    private readonly BankAuditor _auditor;
    private readonly ShardLayout _layout;
    private readonly SimulationRandom _random;
    private readonly Customer[] _customers;
    private readonly double[] _shares;
    private readonly Func<ShardId, Digest, Account> _look;
    private readonly Func<ShardId, int, IReadOnlyList<NodeId>> _membersOf;
    private readonly Func<ShardId, byte[], byte[]> _address;
    private ulong _next = 1;
    private long _transfers, _swaps;

    public BankLoad(BankOptions options, ShardLayout layout, ISigner[] accounts, BankAuditor auditor, SimulationRandom random, Func<ShardId, Digest, Account> look,
        Func<ShardId, int, IReadOnlyList<NodeId>> membersOf, Func<ShardId, byte[], byte[]> address)
    {
        (_options, _layout, _auditor, _random, _look) = (options, layout, auditor, random, look);
        (_membersOf, _address) = (membersOf, address);
        _customers = [.. accounts.Select(signer => new Customer(signer, Address.FromPublicKey(signer.PublicKey.Span)))];
        _shares = new double[accounts.Length];
        double sum = 0;
        for (int i = 0; i < _shares.Length; i++) _shares[i] = sum += Math.Pow(i + 1, -options.Skew);
    }

    public int Waiting => _customers.Count(customer => customer.Message is not null);

    public int Done { get; private set; }

    public void Schedule(SimulatedWorld world) => world.At(world.ElapsedMs + TickMs, Tick);

    private void Tick(SimulatedWorld world)
    {
        long elapsed = world.ElapsedMs;
        foreach (Customer customer in _customers) Look(world, customer);
        if (elapsed <= _options.LoadMs)
        {
            for (; _transfers < elapsed * _options.TransfersPerSecond / 1000; _transfers++) Transfer(world);
            for (; _swaps < elapsed * _options.SwapsPerSecond / 1000; _swaps++) Swap(world);
        }
        Schedule(world);
    }

    private void Look(SimulatedWorld world, Customer customer)
    {
        if (customer.Message is null) return;
        if (_look(_layout.ShardOf(customer.Cell), customer.Cell).Nonce > customer.Nonce)
        {
            customer.Message = null;
            Done++;
        }
        else if (world.ElapsedMs >= customer.AgainMs) HandIn(world, customer);
    }

    private void Transfer(SimulatedWorld world)
    {
        Customer from = Draw(), to = _customers[_random.Next(_customers.Length)];
        if (from.Message is not null || from == to) return;
        ulong amount = _next++;
        from.Nonce = _look(_layout.ShardOf(from.Cell), from.Cell).Nonce;
        from.Message = ShardMessages.Submission(TransferView.Sign(from.Signer, BankWorld.ChainId, to.Address, amount, from.Nonce, world.NowMs + ValidMs));
        if (_layout.ShardOf(from.Cell) != _layout.ShardOf(to.Cell)) _auditor.Submitted(to.Cell, amount, world.NowMs);
        HandIn(world, from);
    }

    private void HandIn(SimulatedWorld world, Customer customer)
    {
        customer.AgainMs = world.ElapsedMs + AgainMs;
        HandIn(world, _layout.ShardOf(customer.Cell), customer.Message!);
    }

    private void Swap(SimulatedWorld world)
    {
        Customer one = Draw(), other = Draw();
        ShardId shard = _layout.ShardOf(one.Cell);
        if (shard == _layout.ShardOf(other.Cell)) return;
        var moves = MultiTransfer.Encode(new MultiTransfer.Move(one.Cell, other.Cell, 7 + _next++), new MultiTransfer.Move(other.Cell, one.Cell, 3));
        AtomicTransaction swap = AtomicTransaction.Sign(
            new AtomicTransaction.Header(BankWorld.ChainId, world.NowMs, world.NowMs + _options.SwapValidityMs, BankWorld.SwapProgram),
            [new DeclaredCell(one.Cell, true), new DeclaredCell(other.Cell, true)], moves, one.Signer, other.Signer);
        HandIn(world, shard, ShardMessages.Submission(swap));
    }

    private void HandIn(SimulatedWorld world, ShardId shard, byte[] message)
    {
        int draw = _random.Next(1 << 20);
        byte[] addressed = _address(shard, message);
        foreach (NodeId member in _membersOf(shard, draw)) world.Inject(new NodeId(Stranger), member, addressed);
    }

    private Customer Draw()
    {
        double at = _random.Next(1 << 30) / (double)(1 << 30) * _shares[^1];
        int index = Array.BinarySearch(_shares, at);
        return _customers[Math.Min(index < 0 ? ~index : index, _customers.Length - 1)];
    }

    private sealed class Customer(ISigner signer, Address address)
    {
        public ISigner Signer { get; } = signer;

        public Address Address { get; } = address;

        public Digest Cell => Address.Digest;

        public ulong Nonce { get; set; }

        public byte[]? Message { get; set; }

        public long AgainMs { get; set; }
    }
}
