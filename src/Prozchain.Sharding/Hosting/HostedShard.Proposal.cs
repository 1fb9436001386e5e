using System.Buffers;
using System.Diagnostics;
using Prozchain.Sharding.AtomicCommit;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;

namespace Prozchain.Sharding.Hosting;

/// <content>
/// Fills micro-blocks: what waits is executed once, in the order in which it came. What may not be in a block now is
/// held back, with all that its sender handed in later, and the rest is executed again.
/// </content>
internal sealed partial class HostedShard<TTransition>
{
    private const int FrameBytes = 256, ReceiptBytes = FrameBytes + BodySource.Size + 40 * Digest.Size, MostTrials = 6, MostSettlements = 64;

    private readonly MicroBlockBuilder _builder = new();
    private readonly BodyParts _parts = new();
    private readonly List<ProvenReceipt> _receipts = [];
    private readonly List<AtomicTransaction> _atomic = [], _begun = [];
    private readonly List<Settlement> _settlements = [];
    private readonly HashSet<Digest> _senders = [];
    private TopologyChange? _change;

    // Of the transactions at the queue's front: what is left out, and of that what stays; then those in the body, by number.
    private bool[] _left = [], _stays = [];
    private int[] _inBody = [];
    private int _picked, _inBodyCount;

    /// <summary>Atomic transactions that wait here for their begin.</summary>
    public int WaitingAtomic => _atomic.Count + _attempts.Count;

    public void Add(AtomicTransaction transaction) => _atomic.Add(transaction);

    /// <summary>The next micro-block, of what waits; with a change of the layout, that as well. A shard that ends with it takes nothing else in: its heirs do.</summary>
    public void Propose(long timeMs, TopologyChange? change)
    {
        _change = change;
        BlockContext block = Context(Tip.Height + 1, timeMs, Run.Epoch);
        Pick(timeMs, isLast: change is not null && !change.ApplyTo(State.Layout).IsLive(Info.Id));
        for (int trial = 0; ; trial++)
        {
            ReadOnlyMemory<byte> bytes = Encode();
            MachineFault fault = Machine.Execute(block, _body, State, _source, _spare);
            if (fault == MachineFault.None)
            {
                if (Cells.TryStage(_spare.Writes.Span, out _) == StageResult.Ok)
                {
                    HoldClaimed(_spare);
                    Commit(bytes, timeMs, isSeal: false);
                    Release(_step, timeMs);
                    return;
                }
                MakeRoom();
            }
            else if (fault == MachineFault.OverCredit) HoldRefused(trial);
            else if (fault == MachineFault.BadTransaction) DropFaulty(block);
            else if (fault == MachineFault.TooSoon && _begun.Count + _receipts.Count + _settlements.Count + _locks.Count + _prepared.Count > 0)
            {
                _begun.Clear();
                _locks.Clear();
                _prepared.Clear();
                _settlements.Clear();
                _receipts.RemoveAll(receipt => receipt.Kind is ReceiptKind.Record or ReceiptKind.Ending);
            }
            else throw new UnreachableException($"Expected a block of shard {Info.Id} that can be, got {fault}.");
        }
    }

    private void Pick(long timeMs, bool isLast)
    {
        int left = BodyBytes - 2 * FrameBytes, receiptsLeft = left / 2;
        _receipts.Clear();
        _settlements.Clear();
        _begun.Clear();
        _locks.Clear();
        _prepared.Clear();
        _picked = 0;
        if (isLast) return;
        foreach (Settlement answer in Answers)
        {
            var output = new ArrayBufferWriter<byte>();
            answer.Write(output);
            int length = output.WrittenCount + sizeof(ulong);
            if (length > receiptsLeft || _settlements.Count == MostSettlements) break;
            _settlements.Add(answer);
            receiptsLeft -= length;
            left -= length;
        }
        foreach (ReceiptLine.Waiting item in Line.Items)
        {
            int length = item.Receipt.Encoding.Length + ReceiptBytes;
            if (length > receiptsLeft || _receipts.Count >= MicroBlockLimits.MaxRecords / 4) break;
            if (item.Receipt.Record is { } record && !Machine.CanTake(State, record)) continue;
            _receipts.Add(item.Receipt);
            receiptsLeft -= length;
            left -= length;
        }
        int most = Math.Min(Machine.Options.Atomic.MaxPerBlock, MicroBlockLimits.MaxRecords / 4);
        foreach (AtomicTransaction transaction in _atomic)
        {
            int length = transaction.Encoded.Length + FrameBytes;
            if (length > left || _begun.Count >= most) break;
            if (timeMs < transaction.BeginMs || timeMs >= transaction.DeadlineMs) continue;
            _begun.Add(transaction);
            left -= length;
        }
        PickLocks(timeMs, ref left);
        _picked = Queue.Fitting(MicroBlockLimits.MaxTransactions, left, Machine.Options.Limits.BlockGas);
        if (_left.Length < _picked)
        {
            int length = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)_picked);
            (_left, _stays, _inBody) = (new bool[length], new bool[length], new int[length]);
        }
        Array.Clear(_left, 0, _picked);
        Array.Clear(_stays, 0, _picked);
    }

    private ReadOnlyMemory<byte> Encode()
    {
        ArrayBufferWriter<byte> output = _bodies[_blocks];
        output.ResetWrittenCount();
        _inBodyCount = 0;
        for (int i = 0; i < _picked; i++)
            if (!_left[i]) _inBody[_inBodyCount++] = i;
        if (_receipts.Count + _begun.Count + _settlements.Count + _locks.Count + _prepared.Count + _inBodyCount > 0 || _change is not null)
        {
            _parts.Build(_builder, _receipts, _begun, _change is null ? null : [_change], _settlements, locks: _locks, prepared: _prepared);
            for (int i = 0; i < _inBodyCount; i++) _builder.AddTransaction(Queue[_inBody[i]].Span);
            _builder.Write(output);
        }
        if (!_body.Read(output.WrittenMemory)) throw new UnreachableException($"Expected to read the body that shard {Info.Id} wrote.");
        return output.WrittenMemory;
    }

    // One that a channel does not carry now waits, and so do its sender's later ones, which count on it.
    private void HoldRefused(int trial)
    {
        _senders.Clear();
        int next = 0;
        for (int i = 0; i < _inBodyCount; i++)
        {
            bool refused = next < Machine.Refused.Count && Machine.Refused[next] == i;
            if (refused) next++;
            if (refused || trial >= MostTrials && i > _inBodyCount / 2 || IsAfterHeld(_inBody[i])) Hold(_inBody[i]);
        }
    }

    // What meets a claim leaves nothing and waits, with its sender's later ones that failed for it.
    private void HoldClaimed(ShardStep step)
    {
        _senders.Clear();
        ReadOnlySpan<byte> statuses = step.Statuses.Span;
        for (int i = 0; i < _inBodyCount; i++)
            if (statuses[i] != TransactionStatus.Applied && Machine.LeftNothing(i) && (statuses[i] == TransactionStatus.ClaimedCell || IsAfterHeld(_inBody[i]))) Hold(_inBody[i]);
    }

    private bool IsAfterHeld(int index) => _senders.Count > 0 && _senders.Contains(Queue.SenderOf(index));

    private void Hold(int index)
    {
        _left[index] = _stays[index] = true;
        if (!Queue.SenderOf(index).IsZero) _senders.Add(Queue.SenderOf(index));
    }

    private void DropFaulty(in BlockContext block)
    {
        int dropped = 0;
        for (int i = 0; i < _inBodyCount; i++)
        {
            if (Machine.Declare(block, Queue[_inBody[i]].Span, out _) == TransactionFault.None) continue;
            _left[_inBody[i]] = true;
            dropped++;
        }
        if (dropped == 0) throw new UnreachableException($"Expected a faulty transaction in a block of shard {Info.Id}, got none.");
        _dropped += dropped;
    }

    // The state is full: fewer transactions, then no bundles. A transaction that does not fit alone never will.
    private void MakeRoom()
    {
        if (_inBodyCount == 1)
        {
            _left[_inBody[0]] = true;
            _dropped++;
        }
        else if (_inBodyCount > 1)
        {
            for (int i = _inBodyCount / 2; i < _inBodyCount; i++) (_left[_inBody[i]], _stays[_inBody[i]]) = (true, true);
        }
        else if (_receipts.RemoveAll(receipt => receipt.Kind == ReceiptKind.Bundle) == 0)
            throw new InsufficientMemoryException($"Expected shard {Info.Id} to stay within {Cells.MaxBytes} bytes, got a full one.");
    }

    private void Release(ShardStep step, long timeMs)
    {
        _dropped += Queue.Remove(_picked, _stays);
        for (int i = 0; i < _begun.Count; i++)
            if (step.Begun[i] is not (AtomicResult.Full or AtomicResult.BlockFull)) _atomic.Remove(_begun[i]);
        ReleaseLocks(step, timeMs);
        if (_atomic.Count > 0) _atomic.RemoveAll(transaction => transaction.DeadlineMs <= timeMs);
    }
}
