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
    private readonly (Customer[] Customers, double[] Shares)[] _laws;
    private readonly List<Customer> _waiting = [];
    private ulong _next = 1;
    private long _transfers, _swaps;

    public BankLoad(BankOptions options, ShardLayout layout, ISigner[] accounts, BankAuditor auditor, SimulationRandom random)
    {
        (_options, _layout, _auditor, _random) = (options, layout, auditor, random);
        _customers = [.. accounts.Select(signer => new Customer(signer, layout))];
        IEnumerable<Customer[]> groups = options.EvenShards ? layout.Shards.Select(shard => _customers.Where(customer => customer.Shard == shard.Id).ToArray()).Where(group => group.Length > 0) : [_customers];
        _laws = [.. groups.Select(group => (group, SharesOf(group.Length)))];
    }

    public int Waiting => _waiting.Count;

    public int Done { get; private set; }

    /// <summary>Begins when all nodes have started.</summary>
    public void Schedule(SimulatedWorld world)
    {
        _transfers = (long)_options.IntervalMs * _options.TransfersPerSecond / 1000;
        _swaps = (long)_options.IntervalMs * _options.SwapsPerSecond / 1000;
        world.At(_options.IntervalMs, Tick);
    }

    private void Tick(SimulatedWorld world)
    {
        long elapsed = world.ElapsedMs;
        _waiting.RemoveAll(customer => IsDone(world, customer));
        if (elapsed <= _options.LoadMs)
        {
            for (; _transfers < elapsed * _options.TransfersPerSecond / 1000; _transfers++) Transfer(world);
            for (; _swaps < elapsed * _options.SwapsPerSecond / 1000; _swaps++) Swap(world);
        }
        world.At(elapsed + TickMs, Tick);
    }

    private bool IsDone(SimulatedWorld world, Customer customer)
    {
        if (_auditor.AccountOf(customer.Shard, customer.Cell).Nonce > customer.Nonce)
        {
            customer.Message = null;
            Done++;
            return true;
        }
        if (world.ElapsedMs >= customer.AgainMs) HandIn(world, customer);
        return false;
    }

    private void Transfer(SimulatedWorld world)
    {
        Customer from = Draw(), to = _customers[_random.Next(_customers.Length)];
        if (from.Message is not null || from == to) return;
        ulong amount = _next++;
        from.Nonce = _auditor.AccountOf(from.Shard, from.Cell).Nonce;
        from.Message = ShardMessages.Submission(TransferView.Sign(from.Signer, BankWorld.ChainId, to.Address, amount, from.Nonce, world.NowMs + ValidMs));
        if (from.Shard != to.Shard) _auditor.Submitted(to.Cell, amount, world.NowMs);
        _waiting.Add(from);
        HandIn(world, from);
    }

    private void HandIn(SimulatedWorld world, Customer customer)
    {
        customer.AgainMs = world.ElapsedMs + AgainMs;
        HandIn(world, customer.Shard, customer.Message!);
    }

    private void Swap(SimulatedWorld world)
    {
        Customer one = Draw(), other = Draw();
        ShardId shard = one.Shard;
        if (shard == other.Shard) return;
        var moves = MultiTransfer.Encode(new MultiTransfer.Move(one.Cell, other.Cell, 7 + _next++), new MultiTransfer.Move(other.Cell, one.Cell, 3));
        AtomicTransaction swap = AtomicTransaction.Sign(
            new AtomicTransaction.Header(BankWorld.ChainId, world.NowMs, world.NowMs + _options.SwapValidityMs, BankWorld.SwapProgram),
            [new DeclaredCell(one.Cell, true), new DeclaredCell(other.Cell, true)], moves, one.Signer, other.Signer);
        HandIn(world, shard, ShardMessages.Submission(swap));
    }

    private void HandIn(SimulatedWorld world, ShardId shard, byte[] message)
    {
        int index = 0;
        while (_layout.Shards[index].Id != shard) index++;
        int first = _random.Next(_options.Validators), enough = (_options.Validators - 1) / 3 + 1;
        for (int i = 0; i < enough; i++) world.Inject(new NodeId(Stranger), new NodeId(index * _options.Validators + (first + i) % _options.Validators), message);
    }

    private Customer Draw()
    {
        (Customer[] customers, double[] shares) = _laws[_laws.Length == 1 ? 0 : _random.Next(_laws.Length)];
        double at = _random.Next(1 << 30) / (double)(1 << 30) * shares[^1];
        int index = Array.BinarySearch(shares, at);
        return customers[Math.Min(index < 0 ? ~index : index, customers.Length - 1)];
    }

    // Running sums of what each rank is drawn by.
    private double[] SharesOf(int count)
    {
        var shares = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) shares[i] = sum += Math.Pow(i + 1 + _options.SkewShift, -_options.Skew);
        return shares;
    }

    private sealed class Customer
    {
        public Customer(ISigner signer, ShardLayout layout)
        {
            (Signer, Address) = (signer, Address.FromPublicKey(signer.PublicKey.Span));
            Shard = layout.ShardOf(Cell);
        }

        public ISigner Signer { get; }

        public Address Address { get; }

        public ShardId Shard { get; }

        public Digest Cell => Address.Digest;

        public ulong Nonce { get; set; }

        public byte[]? Message { get; set; }

        public long AgainMs { get; set; }
    }
}
