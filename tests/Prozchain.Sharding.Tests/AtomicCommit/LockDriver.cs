using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Tests.AtomicCommit;

/// <summary>A client of a transaction with locks: forgetful, in no order, and now and then with another attempt.</summary>
internal sealed class LockDriver(AtomicWorld world, AtomicTransaction transaction, DeclaredCell[] cells)
{
    public AtomicTransaction Transaction { get; } = transaction;

    public Attempt Attempt { get; private set; } = new(1, world.Epoch);

    public ShardId[] Participants => [.. world.Live.Values.Where(node => cells.Any(cell => node.Range.Contains(cell.Key))).Select(node => node.Range.Id)];

    public void Act(AtomicNode node, Random random)
    {
        if (Attempt.Number < 4 && random.Next(25) == 0) Attempt = new Attempt(Attempt.Number + 1, world.Epoch);
        if (random.Next(3) == 0) Acquire(node);
        else if (random.Next(40) == 0 || IsProvided()) Prepare(node);
    }

    public AtomicResult Acquire(AtomicNode node) => node.Shard.Acquire(Transaction, Attempt, [.. cells.Where(cell => node.Range.Contains(cell.Key))]);

    public AtomicResult Prepare(AtomicNode node) => node.Shard.Prepare(Transaction.Id, Attempt, Participants, [.. Provisions().Where(record => Participants.Contains(record.Shard))]);

    public bool IsProvided() => Participants.All(shard => Provisions().Any(record => record.Shard == shard));

    private IEnumerable<AtomicRecord> Provisions() => world.Archive.Select(entry => entry.Record)
        .Where(record => record.Kind == AtomicRecordKind.Provision && record.Transaction == Transaction.Id && record.Attempt == Attempt);
}
