using Prozchain.Shared;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <content>What the node says goes to whoever holds an ended shard's keys now; what ended shards said of open transactions is asked for.</content>
public sealed partial class ShardNode<TTransition>
{
    private const int MostAsked = 64;

    private readonly ITopologyDirectory? _topology;
    private readonly Dictionary<SettlementName, (long NextMs, int Attempts)> _asked = [];

    // An ended shard takes no change in any more, and yet is to be heard.
    internal ShardLayout Routes => Replica.HasEnded && _topology is { } topology
        && topology.Newest.Version > Replica.State.Layout.Version ? topology.Newest : Replica.State.Layout;

    /// <summary>An heir's node: what waits at the ended parent's comes over.</summary>
    internal void TakeOver(ShardNode<TTransition> parent) => Replica.TakeOver(parent.Replica);

    private void AnswerSettlement(ref WireReader reader, long nowMs, NodeId from, NodeActions actions)
    {
        if (!SettlementName.TryRead(ref reader, out SettlementName name) || !reader.IsAtEnd || name.Shard != Self || Replica.Settled is not { } settled || !MayAnswer(nowMs)) return;
        Digest key = ShardEnding.KeyOf(name.Transaction, name.Attempt);
        ReadOnlyMemory<byte> value = settled.TryGet(key, out ReadOnlySpan<byte> found) ? found.ToArray() : default;
        actions.Send(from, _writer.Settlement(new Settlement(name, value, settled.Prove(key))));
    }

    // So many answers in so long, whoever asks.
    private bool MayAnswer(long nowMs)
    {
        if (nowMs - _windowMs >= _options.DelayMs) (_windowMs, _answers) = (nowMs, 0);
        return _answers++ < AnswersPerWindow;
    }

    private void TakeSettlement(ReadOnlySpan<byte> bytes)
    {
        if (Settlement.TryRead(bytes) is not { } settlement || !Replica.WantedSettlements.Contains(settlement.Name)) return;
        Replica.Settlements[settlement.Name] = settlement;
    }

    // When to ask next.
    private long AskForSettlements(long nowMs, NodeActions actions)
    {
        long next = long.MaxValue;
        if (Replica.HasEnded) return next;
        int count = 0;
        foreach (SettlementName name in Replica.WantedSettlements)
        {
            if (++count > MostAsked || _committees.FindNow(name.Shard, Epoch) is not { } committee) break;
            if (!_asked.TryGetValue(name, out (long NextMs, int Attempts) asked) || asked.NextMs <= nowMs)
            {
                actions.Send(committee.Peers[(Math.Max(_options.Member, 0) + asked.Attempts) % committee.Peers.Count], _writer.WantSettlement(name));
                asked = (nowMs + (4L * _options.DelayMs << Math.Min(asked.Attempts, 4)), asked.Attempts + 1);
                _asked[name] = asked;
            }
            next = Math.Min(next, asked.NextMs);
        }
        if (count == 0) _asked.Clear();
        return next;
    }
}
