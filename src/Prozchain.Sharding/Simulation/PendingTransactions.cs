using Prozchain.Sharding.Layout;

namespace Prozchain.Sharding.Simulation;

/// <summary>Transactions that were handed in and are in no final block; in the order of their next turn.</summary>
internal sealed class PendingTransactions
{
    private const long AgainMs = 2_000, GiveUpMs = 10_000;

    private readonly Dictionary<Digest, (ShardId Shard, byte[] Transaction, long UntilMs)> _waiting = [];
    private readonly Queue<(long DueMs, Digest Id)> _turns = new();

    public int Count => _waiting.Count;

    public int GivenUp { get; private set; }

    public void Add(in Digest id, ShardId shard, byte[] transaction, long nowMs)
    {
        if (_waiting.TryAdd(id, (shard, transaction, nowMs + GiveUpMs))) _turns.Enqueue((nowMs + AgainMs, id));
    }

    public void Remove(in Digest id) => _waiting.Remove(id);

    public IEnumerable<(ShardId Shard, byte[] Transaction)> TakeDue(long nowMs)
    {
        while (_turns.TryPeek(out var turn) && turn.DueMs <= nowMs)
        {
            _turns.Dequeue();
            if (!_waiting.TryGetValue(turn.Id, out var waiting)) continue;
            if (nowMs >= waiting.UntilMs)
            {
                _waiting.Remove(turn.Id);
                GivenUp++;
                continue;
            }
            _turns.Enqueue((nowMs + AgainMs, turn.Id));
            yield return (waiting.Shard, waiting.Transaction);
        }
    }
}
