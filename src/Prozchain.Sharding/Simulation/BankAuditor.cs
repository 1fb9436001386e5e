using System.Buffers.Binary;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Simulation;

/// <summary>Counts the value in all accounts of a bank, and what is under way between shards: at each cut it is what there was at first.</summary>
internal sealed class BankAuditor : IShardAuditor
{
    private readonly Dictionary<Digest, ulong> _balances = [];
    private readonly Dictionary<(ChannelId, ulong), ulong> _inFlight = [];
    private readonly Dictionary<(Digest, ulong), long> _submitted = [];
    private readonly UInt128 _total;
    private UInt128 _value, _carried;

    public BankAuditor(IEnumerable<StateWrite> genesis)
    {
        foreach (StateWrite account in genesis)
        {
            ulong balance = Account.Read(account.Value.Span).Balance;
            _balances.Add(account.Key, balance);
            _total += balance;
        }
        _value = _total;
    }

    /// <summary>From a transfer's submission to its credit in a final block of another shard, milliseconds.</summary>
    public List<long> Latencies { get; } = [];

    public void Submitted(in Digest recipient, ulong amount, long nowMs) => _submitted.TryAdd((recipient, amount), nowMs);

    public string? OnFinal(FinalBlock block, ShardCut state)
    {
        foreach (ShardReceipt receipt in block.TakenIn)
        {
            if (_inFlight.Remove((receipt.Channel, receipt.Sequence), out ulong carried)) _carried -= carried;
            if (_submitted.Remove((receipt.Cell, BinaryPrimitives.ReadUInt64LittleEndian(receipt.Payload.Span)), out long submittedMs)) Latencies.Add(block.NowMs - submittedMs);
        }
        foreach (ChannelBundle bundle in block.SentBundles)
        {
            _inFlight.Add((bundle.Channel, bundle.Sequence), bundle.Value);
            _carried += bundle.Value;
        }
        foreach (StateWrite write in block.Writes.Span)
        {
            ulong now = write.IsDelete ? 0 : Account.Read(write.Value.Span).Balance;
            _value = _value - _balances.GetValueOrDefault(write.Key) + now;
            _balances[write.Key] = now;
        }
        return null;
    }

    public string? AtCut(ShardCut state) => _value + _carried == _total ? null : $"Expected {_total} in all, got {_value} in accounts and {_carried} under way.";
}
