using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// Fetches a shard's state after a block that is known to be final, from whoever has it: a state that a sealing header
/// states, and the blocks from that one on, by hash. Nothing is believed but what leads to the block or is proven
/// against that header; who answers wrongly, or not in time, is passed over.
/// </summary>
internal sealed class StateSync
{
    private const ulong MostBehind = 32;

    private readonly ShardInfo _shard;
    private readonly OrderingAnchor _target;
    private readonly IReadOnlyList<NodeId> _hosts;
    private readonly RunKey _run;
    private readonly ulong _firstSeal;
    private readonly bool _hasEnded;
    private readonly int _delayMs;
    private readonly long _maxBytes;
    private readonly List<MicroBlock> _blocks = [];
    private readonly List<StateWrite> _cells = [];
    private (ulong Height, Digest Cells, MachineState State)? _offer;
    private bool _isOfferProven;
    private long _bytes, _dueMs;
    private Digest _from;
    private int _host;

    /// <param name="shard">The shard.</param>
    /// <param name="target">The final block.</param>
    /// <param name="run">Its run.</param>
    /// <param name="hasEnded">True if it ends its run.</param>
    /// <param name="hosts">Whom to ask, in this order.</param>
    /// <param name="firstSeal">Height of the first sealing header: below it everyone knows the state, the genesis.</param>
    /// <param name="delayMs">One-way delay.</param>
    /// <param name="maxBytes">The most bytes of cells.</param>
    public StateSync(ShardInfo shard, in OrderingAnchor target, RunKey run, bool hasEnded, IReadOnlyList<NodeId> hosts, ulong firstSeal, int delayMs, long maxBytes)
    {
        (_shard, _target, _run, _hasEnded, _hosts, _firstSeal, _delayMs, _maxBytes) = (shard, target, run, hasEnded, hosts, firstSeal, delayMs, maxBytes);
        if (target.Height == 0) Finish();
    }

    /// <summary>The block that is led to.</summary>
    public OrderingAnchor Target => _target;

    /// <summary>What was fetched; null until it is whole.</summary>
    public FetchedState? Result { get; private set; }

    /// <summary>True if the shard has gone so far beyond the block that nobody may keep it any more, and it has not come.</summary>
    /// <param name="height">Height of the last block that the beacon recognised.</param>
    public bool IsStale(ulong height) => Result is null && height > _target.Height + MostBehind && (_blocks.Count == 0 || !(IsGenesis || _offer is not null) || !HasBlocks);

    private bool IsGenesis => _target.Height < _firstSeal;

    private ulong DownTo => IsGenesis ? 1 : _offer!.Value.Height;

    private bool HasBlocks => _blocks.Count > 0 && _blocks[^1].Header.Height == DownTo;

    /// <summary>Asks if the time has come.</summary>
    /// <returns>When to be called again.</returns>
    public long Advance(long nowMs, Action<NodeId, byte[]> send)
    {
        if (Result is not null) return long.MaxValue;
        if (nowMs >= _dueMs)
        {
            if (_dueMs > 0) PassOver();
            Ask(nowMs, send);
        }
        return _dueMs;
    }

    /// <summary>An answer came.</summary>
    public void Receive(long nowMs, NodeId from, ReadOnlySpan<byte> answer, Action<NodeId, byte[]> send)
    {
        if (Result is not null || _hosts.Count == 0 || from != _hosts[_host]) return;
        var reader = new WireReader(answer);
        if (!reader.TryReadByte(out byte type)) return;
        bool useful = (StateMessage)type switch
        {
            StateMessage.State => _offer is null && TakeState(ref reader),
            StateMessage.Blocks => (IsGenesis || _offer is not null) && !HasBlocks && TakeBlocks(ref reader),
            StateMessage.Cells => _offer is not null && HasBlocks && TakeCells(ref reader),
            _ => false,
        };
        if (!useful) return;
        if (Result is null) Ask(nowMs, send);
    }

    private void Ask(long nowMs, Action<NodeId, byte[]> send)
    {
        _dueMs = nowMs + 4 * _delayMs;
        if (_hosts.Count == 0) return;
        byte[] question = !IsGenesis && _offer is null ? StateMessages.WantState(_target.Height)
            : !HasBlocks ? StateMessages.WantBlocks(_blocks.Count == 0 ? _target.Hash : _blocks[^1].Header.Parent, DownTo)
            : StateMessages.WantCells(_offer!.Value.Height, _from);
        send(_hosts[_host], question);
    }

    // Blocks stay, since they lead to the target; what is not proven, or nobody may have any more, goes.
    private void PassOver()
    {
        if (_hosts.Count > 0) _host = (_host + 1) % _hosts.Count;
        _offer = null;
        _isOfferProven = false;
        _cells.Clear();
        (_bytes, _from) = (0, default);
    }

    private bool TakeState(ref WireReader reader)
    {
        if (!reader.TryReadUInt64(out ulong height) || !reader.TryReadBytes32(out Bytes32 cells) || reader.Remaining > StateMessages.MaxStateBytes || height == 0 || height > _target.Height) return false;
        reader.TryReadSpan(reader.Remaining, out ReadOnlySpan<byte> bytes);
        if (MachineState.TryRead(bytes, out MachineState? state) != ReadResult.Ok) return false;
        // Too old a state would take too many blocks.
        if (_target.Height - height > (ulong)WireLimits.MaxBlocksPerMessage * 4) return false;
        _offer = (height, new Digest(cells), state!);
        // Blocks of an offer that reached lower are cut off, so that the last one is the sealing one.
        while (_blocks.Count > 0 && _blocks[^1].Header.Height < height) _blocks.RemoveAt(_blocks.Count - 1);
        return !HasBlocks || Prove();
    }

    private bool TakeBlocks(ref WireReader reader)
    {
        if (!reader.TryReadUInt16(out ushort count) || count > WireLimits.MaxBlocksPerMessage) return false;
        bool useful = false;
        for (; count > 0 && !HasBlocks; count--)
        {
            if (MicroBlock.Read(ref reader, out MicroBlock block) != ReadResult.Ok) break;
            Digest expected = _blocks.Count == 0 ? _target.Hash : _blocks[^1].Header.Parent;
            if (block.Hash != expected) break;
            _blocks.Add(block);
            useful = true;
        }
        if (useful && HasBlocks)
        {
            if (IsGenesis) Finish();
            else return Prove();
        }
        return useful;
    }

    // The offer is what the sealing header states.
    private bool Prove()
    {
        var (height, cells, state) = _offer!.Value;
        MicroHeader header = _blocks[^1].Header;
        _isOfferProven = header.Height == height && header.StateRoot == state.StateRoot(cells);
        if (!_isOfferProven) _offer = null;
        else if (cells.IsZero) Finish();
        return _isOfferProven;
    }

    private bool TakeCells(ref WireReader reader)
    {
        if (!_isOfferProven || !reader.TryReadUInt64(out ulong height) || height != _offer!.Value.Height) return false;
        reader.TryReadSpan(reader.Remaining, out ReadOnlySpan<byte> bytes);
        if (StateRange.TryRead(bytes, _offer.Value.Cells, _shard.Prefix, _shard.Depth, _from, StateMessages.LastKey, out StateRange? range) != ProofResult.Valid) return false;
        _cells.AddRange(range!.Pairs);
        _bytes += bytes.Length;
        if (_bytes > _maxBytes)
        {
            PassOver();
            return true;
        }
        if (range.CoveredTo == StateMessages.LastKey) Finish();
        else _from = StateMessages.After(range.CoveredTo);
        return true;
    }

    private void Finish()
    {
        var blocks = new List<MicroBlock>(_blocks);
        blocks.Reverse();
        Result = IsGenesis ? new FetchedState(0, null, [], blocks, _run, _hasEnded) : new FetchedState(_offer!.Value.Height, _offer.Value.State, [.. _cells], blocks, _run, _hasEnded);
    }
}
