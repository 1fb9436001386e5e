using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Observability;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Simulation;

/// <summary>The bank's customers: each has one transfer under way at a time and hands it in again until it is executed.</summary>
internal sealed class BankLoad : IShardLoad<TransferTransition>
{
    private const long AgainMs = 2_000, ValidMs = 600_000;

    private readonly BankOptions _options;
    private readonly Action<Digest, ulong, long> _submitted;
    private readonly Func<Digest, ReadOnlyMemory<byte>?> _read;
    private readonly ShardTelemetry _telemetry;
    private readonly Action<Digest, byte[]> _send;
    private readonly Customer[] _customers;
    private readonly (Customer[] Customers, double[] Shares)[] _laws;
    private readonly List<Customer> _waiting = [];
    private ulong _next = 1;
    private long _transfers, _swaps, _lockSwaps;
    private readonly LockSwaps _locked;

    /// <summary>Makes the customers.</summary>
    /// <param name="options">What the bank is like.</param>
    /// <param name="layout">Which shard holds which key.</param>
    /// <param name="accounts">The customers' keys.</param>
    /// <param name="submitted">Told of transfers to other shards: recipient, amount, when.</param>
    /// <param name="read">An account after the final blocks; null for none.</param>
    /// <param name="telemetry">Told of all that is handed in.</param>
    /// <param name="send">Brings a message to enough nodes of the shard that holds a cell.</param>
    public BankLoad(BankOptions options, ShardLayout layout, ISigner[] accounts, Action<Digest, ulong, long> submitted, Func<Digest, ReadOnlyMemory<byte>?> read, ShardTelemetry telemetry, Action<Digest, byte[]> send)
    {
        (_options, _submitted, _read, _telemetry, _send) = (options, submitted, read, telemetry, send);
        _locked = new LockSwaps(read, send, AgainMs);
        _customers = [.. accounts.Select(signer => new Customer(signer, layout))];
        IEnumerable<Customer[]> groups = options.EvenShards ? layout.Shards.Select(shard => _customers.Where(customer => customer.Shard == shard.Id).ToArray()).Where(group => group.Length > 0) : [_customers];
        _laws = [.. groups.Select(group => (group, SharesOf(group.Length)))];
        // What falls due before the load begins is left out.
        _transfers = (long)options.IntervalMs * options.TransfersPerSecond / 1000;
        _swaps = (long)options.IntervalMs * options.SwapsPerSecond / 1000;
        _lockSwaps = (long)options.IntervalMs * options.LockSwapsPerSecond / 1000;
    }

    public int Waiting => _waiting.Count;

    public int Done { get; private set; }

    public void Tick(ShardWorld<TransferTransition> shards, SimulationRandom random) => Tick(shards.World, random);

    /// <summary>Comes every 10 ms or so; begins when all nodes have started.</summary>
    public void Tick(SimulatedWorld world, SimulationRandom random)
    {
        long elapsed = world.ElapsedMs;
        if (elapsed < _options.IntervalMs) return;
        _waiting.RemoveAll(customer => IsDone(world, customer));
        _locked.Tick(world);
        if (elapsed > _options.LoadMs) return;
        for (; _transfers < elapsed * _options.TransfersPerSecond / 1000; _transfers++) Transfer(world, random);
        for (; _swaps < elapsed * _options.SwapsPerSecond / 1000; _swaps++) Swap(world, random);
        for (; _lockSwaps < elapsed * _options.LockSwapsPerSecond / 1000; _lockSwaps++) SwapWithLocks(world, random);
    }

    // Running sums of what each rank is drawn by.
    private double[] SharesOf(int count)
    {
        var shares = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) shares[i] = sum += Math.Pow(i + 1 + _options.SkewShift, -_options.Skew);
        return shares;
    }

    private ulong NonceOf(Customer customer) => _read(customer.Cell) is { } value ? Account.Read(value.Span).Nonce : 0;

    private bool IsDone(SimulatedWorld world, Customer customer)
    {
        if (NonceOf(customer) > customer.Nonce)
        {
            customer.Message = null;
            Done++;
            return true;
        }
        if (world.ElapsedMs >= customer.AgainMs) HandIn(world, customer);
        return false;
    }

    private void Transfer(SimulatedWorld world, SimulationRandom random)
    {
        Customer from = Draw(random), to = _customers[random.Next(_customers.Length)];
        if (from.Message is not null || from == to) return;
        ulong amount = _next++;
        from.Nonce = NonceOf(from);
        byte[] transfer = TransferView.Sign(from.Signer, BankWorld.ChainId, to.Address, amount, from.Nonce, world.NowMs + ValidMs);
        _telemetry.Submitted(from.Shard, transfer, world.NowMs);
        if (from.Shard != to.Shard) _submitted(to.Cell, amount, world.NowMs);
        from.Message = ShardMessages.Submission(transfer);
        _waiting.Add(from);
        HandIn(world, from);
    }

    private void HandIn(SimulatedWorld world, Customer customer)
    {
        customer.AgainMs = world.ElapsedMs + AgainMs;
        _send(customer.Cell, customer.Message!);
    }

    private void Swap(SimulatedWorld world, SimulationRandom random)
    {
        Customer one = Draw(random), other = Draw(random);
        if (one.Shard == other.Shard) return;
        var moves = MultiTransfer.Encode(new MultiTransfer.Move(one.Cell, other.Cell, 7 + _next++), new MultiTransfer.Move(other.Cell, one.Cell, 3));
        AtomicTransaction swap = AtomicTransaction.Sign(
            new AtomicTransaction.Header(BankWorld.ChainId, world.NowMs, world.NowMs + _options.SwapValidityMs, BankWorld.SwapProgram),
            [new DeclaredCell(one.Cell, true), new DeclaredCell(other.Cell, true)], moves, one.Signer, other.Signer);
        _telemetry.Submitted(one.Shard, swap, world.NowMs);
        _send(one.Cell, ShardMessages.Submission(swap));
    }

    private void SwapWithLocks(SimulatedWorld world, SimulationRandom random)
    {
        Customer one = Draw(random), other = Draw(random);
        if (one.Shard == other.Shard) return;
        var moves = MultiTransfer.Encode(new MultiTransfer.Move(one.Cell, other.Cell, 7 + _next++), new MultiTransfer.Move(other.Cell, one.Cell, 3));
        AtomicTransaction swap = AtomicTransaction.Sign(
            new AtomicTransaction.Header(BankWorld.ChainId, world.NowMs, world.NowMs + _options.SwapValidityMs, BankWorld.SwapProgram), [], moves, one.Signer, other.Signer);
        _telemetry.Submitted(one.Shard, swap, world.NowMs);
        _locked.Add(swap, one.Signer);
    }

    private Customer Draw(SimulationRandom random)
    {
        (Customer[] customers, double[] shares) = _laws[_laws.Length == 1 ? 0 : random.Next(_laws.Length)];
        double at = random.Next(1 << 30) / (double)(1 << 30) * shares[^1];
        int index = Array.BinarySearch(shares, at);
        return customers[Math.Min(index < 0 ? ~index : index, customers.Length - 1)];
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
