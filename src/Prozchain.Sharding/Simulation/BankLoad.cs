using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;

namespace Prozchain.Sharding.Simulation;

/// <summary>The bank's customers: each has one transfer under way at a time and hands it in again until it is executed.</summary>
internal sealed class BankLoad : IShardLoad<TransferTransition>
{
    private const long AgainMs = 2_000, ValidMs = 600_000;

    private readonly BankOptions _options;
    private readonly BankAuditor _auditor;
    private readonly Customer[] _customers;
    private readonly double[] _shares;
    private ulong _next = 1;
    private long _transfers, _swaps;

    public BankLoad(BankOptions options, ISigner[] accounts, BankAuditor auditor)
    {
        (_options, _auditor) = (options, auditor);
        _customers = [.. accounts.Select(signer => new Customer(signer, Address.FromPublicKey(signer.PublicKey.Span)))];
        _shares = new double[accounts.Length];
        double sum = 0;
        for (int i = 0; i < _shares.Length; i++) _shares[i] = sum += Math.Pow(i + 1, -options.Skew);
    }

    public int Waiting => _customers.Count(customer => customer.Message is not null);

    public int Done { get; private set; }

    public void Tick(ShardWorld<TransferTransition> shards, SimulationRandom random)
    {
        long elapsed = shards.World.ElapsedMs;
        foreach (Customer customer in _customers) Look(shards, customer);
        if (elapsed > _options.LoadMs) return;
        for (; _transfers < elapsed * _options.TransfersPerSecond / 1000; _transfers++) Transfer(shards, random);
        for (; _swaps < elapsed * _options.SwapsPerSecond / 1000; _swaps++) Swap(shards, random);
    }

    private static ulong NonceOf(ShardWorld<TransferTransition> shards, Customer customer) =>
        shards.TryGet(customer.Cell, out ReadOnlySpan<byte> value) ? Account.Read(value).Nonce : 0;

    private void Look(ShardWorld<TransferTransition> shards, Customer customer)
    {
        if (customer.Message is null) return;
        if (NonceOf(shards, customer) > customer.Nonce)
        {
            customer.Message = null;
            Done++;
        }
        else if (shards.World.ElapsedMs >= customer.AgainMs) HandIn(shards, customer);
    }

    private void Transfer(ShardWorld<TransferTransition> shards, SimulationRandom random)
    {
        Customer from = Draw(random), to = _customers[random.Next(_customers.Length)];
        if (from.Message is not null || from == to) return;
        ulong amount = _next++;
        long nowMs = shards.World.NowMs;
        from.Nonce = NonceOf(shards, from);
        byte[] transfer = TransferView.Sign(from.Signer, BankWorld.ChainId, to.Address, amount, from.Nonce, nowMs + ValidMs);
        from.Message = ShardMessages.Submission(transfer);
        shards.Telemetry.Submitted(shards.Layout.ShardOf(from.Cell), transfer, nowMs);
        if (shards.Layout.ShardOf(from.Cell) != shards.Layout.ShardOf(to.Cell)) _auditor.Submitted(to.Cell, amount, nowMs);
        HandIn(shards, from);
    }

    private static void HandIn(ShardWorld<TransferTransition> shards, Customer customer)
    {
        customer.AgainMs = shards.World.ElapsedMs + AgainMs;
        shards.Send(shards.Layout.ShardOf(customer.Cell), customer.Message);
    }

    private void Swap(ShardWorld<TransferTransition> shards, SimulationRandom random)
    {
        Customer one = Draw(random), other = Draw(random);
        if (shards.Layout.ShardOf(one.Cell) == shards.Layout.ShardOf(other.Cell)) return;
        long nowMs = shards.World.NowMs;
        var moves = MultiTransfer.Encode(new MultiTransfer.Move(one.Cell, other.Cell, 7 + _next++), new MultiTransfer.Move(other.Cell, one.Cell, 3));
        shards.Submit(one.Cell, AtomicTransaction.Sign(
            new AtomicTransaction.Header(BankWorld.ChainId, nowMs, nowMs + _options.SwapValidityMs, BankWorld.SwapProgram),
            [new DeclaredCell(one.Cell, true), new DeclaredCell(other.Cell, true)], moves, one.Signer, other.Signer));
    }

    private Customer Draw(SimulationRandom random)
    {
        double at = random.Next(1 << 30) / (double)(1 << 30) * _shares[^1];
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
