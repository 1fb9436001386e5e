using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Simulation;

/// <summary>The bank's customers: each has one transfer under way at a time and hands it in again until it is executed, to the nodes that its account's shard began with.</summary>
internal sealed class LineageLoad
{
    private const long TickMs = 10, AgainMs = 1_000, ValidMs = 500_000;
    private const int Stranger = 1 << 24;

    private readonly LineageOptions _options;
    private readonly LineageAuditor _auditor;
    private readonly ShardLayout _first;
    private readonly SimulationRandom _random;
    private readonly Customer[] _customers, _hot;
    private ulong _next = 1;
    private readonly LockSwaps _locked;
    private long _transfers, _swaps, _lockSwaps;
    private SimulatedWorld? _world;

    public LineageLoad(LineageOptions options, ShardLayout first, ISigner[] accounts, LineageAuditor auditor, SimulationRandom random)
    {
        (_options, _first, _auditor, _random) = (options, first, auditor, random);
        _locked = new LockSwaps(cell => auditor.ValueOf(cell), (cell, message) => HandIn(_world!, cell, message), AgainMs, options.ClassOf);
        _customers = [.. accounts.Select(signer => new Customer(signer, Address.FromPublicKey(signer.PublicKey.Span)))];
        _hot = [.. _customers.Where(customer => _first.Shards[0].Contains(options.ClassOf(customer.Cell), customer.Cell))];
    }

    public int Waiting => _customers.Count(customer => customer.Message is not null);

    public int Done { get; private set; }

    public void Schedule(SimulatedWorld world) => world.At(world.ElapsedMs + TickMs, Tick);

    private void Tick(SimulatedWorld world)
    {
        long elapsed = world.ElapsedMs;
        _world = world;
        _locked.Tick(world);
        foreach (Customer customer in _customers) Look(world, customer);
        if (elapsed <= _options.LoadMs)
        {
            for (; _transfers < elapsed * _options.TransfersPerSecond / 1000; _transfers++) Transfer(world);
            for (; _swaps < elapsed * _options.SwapsPerSecond / 1000; _swaps++) Swap(world, declares: true);
            for (; _lockSwaps < elapsed * _options.LockSwapsPerSecond / 1000; _lockSwaps++) Swap(world, declares: false);
        }
        Schedule(world);
    }

    private void Look(SimulatedWorld world, Customer customer)
    {
        if (customer.Message is null) return;
        if (_auditor.NonceOf(customer.Cell) > customer.Nonce)
        {
            (customer.Message, customer.Nonce) = (null, customer.Nonce + 1);
            Done++;
        }
        else if (world.ElapsedMs >= customer.AgainMs) HandIn(world, customer);
    }

    private void Transfer(SimulatedWorld world)
    {
        Customer from = Draw(world), to = _customers[_random.Next(_customers.Length)];
        if (from.Message is not null || from == to || _options.ClassOf(from.Cell) != _options.ClassOf(to.Cell)) return;
        from.Message = ShardMessages.Submission(TransferView.Sign(from.Signer, LineageBank.ChainId, to.Address, _next++, from.Nonce, world.NowMs + ValidMs));
        HandIn(world, from);
    }

    private void HandIn(SimulatedWorld world, Customer customer)
    {
        customer.AgainMs = world.ElapsedMs + AgainMs;
        HandIn(world, customer.Cell, customer.Message!);
    }

    private void Swap(SimulatedWorld world, bool declares)
    {
        Customer one = Draw(world), other = _customers[_random.Next(_customers.Length)];
        if (one == other) return;
        var moves = MultiTransfer.Encode(new MultiTransfer.Move(one.Cell, other.Cell, 7 + _next++), new MultiTransfer.Move(other.Cell, one.Cell, 3));
        AtomicTransaction swap = AtomicTransaction.Sign(
            new AtomicTransaction.Header(LineageBank.ChainId, world.NowMs, world.NowMs + _options.SwapValidityMs, LineageBank.SwapProgram),
            declares ? [Declared(one), Declared(other)] : [], moves, one.Signer, other.Signer);
        if (!declares) _locked.Add(swap, one.Signer);
        else HandIn(world, one.Cell, ShardMessages.Submission(swap));
    }

    private DeclaredCell Declared(Customer customer) => new(customer.Cell, true) { Class = _options.ClassOf(customer.Cell) };

    private void HandIn(SimulatedWorld world, in Digest cell, byte[] message)
    {
        int shard = _first.IndexOf(_first.ShardOf(_options.ClassOf(cell), cell)), first = _random.Next(_options.Validators), enough = (_options.Validators - 1) / 3 + 1;
        for (int i = 0; i < enough; i++) world.Inject(new NodeId(Stranger), new NodeId(shard * _options.Validators + (first + i) % _options.Validators), message);
    }

    private Customer Draw(SimulatedWorld world)
    {
        Customer[] from = _hot.Length > 0 && world.ElapsedMs < _options.HotMs && _random.Next(100) < _options.HotPercent ? _hot : _customers;
        return from[_random.Next(from.Length)];
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
