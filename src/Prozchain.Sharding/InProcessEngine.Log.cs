using System.Buffers;
using Prozchain.Shared;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding;

/// <content>Starting, resuming, and checkpoints.</content>
public sealed partial class InProcessEngine<TTransition>
{
    private const int SliceBytes = 4 << 20;

    private int _slicedShard;
    private Digest _slicedTo;

    private void Start()
    {
        _shards = MakeShards(Layout, _options.Cells);
        if (_options.Validators.Count > 0) _beacon = new BeaconDesk(_options, Layout, _shards.Select(shard => shard.Tip), _verifier);
        GenesisDigest = EngineIdentity.DigestOf(_options, Layout, _shards.Select(shard => shard.Cells.Root));
    }

    private HostedShard<TTransition>[] MakeShards(ShardLayout layout, IReadOnlyList<StateWrite> cells)
    {
        int bodyBytes = EngineIdentity.BodyBytes(layout.Shards.Count, _options.MicroBlocks);
        var byShard = new List<StateWrite>[layout.Shards.Count];
        for (int i = 0; i < byShard.Length; i++) byShard[i] = [];
        foreach (StateWrite cell in cells) byShard[layout.IndexOf(cell.Key)].Add(cell);
        var shards = new HostedShard<TTransition>[byShard.Length];
        _indexes = [];
        try
        {
            for (int i = 0; i < shards.Length; i++)
            {
                ShardInfo info = layout.Shards[i];
                var store = new HeapTrieStore(_options.StateBytes, info.Prefix, info.Depth);
                EngineIdentity.Fill(store, byShard[i]);
                var machine = new ShardMachine<TTransition>(_transition, layout, info.Id, _options.Rules);
                shards[i] = new HostedShard<TTransition>(new ShardSlice<TTransition>(machine, store, machine.Genesis), new OrderingAnchor(default, 0, _options.GenesisTimeMs), _options, bodyBytes);
                _indexes.Add(info.Id, i);
            }
            return shards;
        }
        catch
        {
            foreach (HostedShard<TTransition>? shard in shards) shard?.Dispose();
            throw;
        }
    }

    private void OpenLog(CancellationToken cancellationToken)
    {
        _journal = EngineJournal.Open(_options.Log, _options.OtherLog, GenesisDigest, record =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (RoundFrame.KindOf(record.Span))
            {
                case RoundFrame.GenesisKind:
                    break;
                case RoundFrame.RoundKind:
                    Replay(record);
                    break;
                case CheckpointRecord.Begin:
                    BeginRead(record.Span[(2 + Digest.Size + sizeof(ulong))..]);
                    break;
                case CheckpointRecord.Cells or CheckpointRecord.Writes:
                    CheckpointRecord.Apply(record.Span, [.. _shards.Select(shard => shard.Cells)]);
                    break;
                case CheckpointRecord.End:
                    EndRead(record.Span[2..]);
                    break;
                default:
                    throw new InvalidDataException($"Expected round {Height + 1} in the log, got another record.");
            }
        });
    }

    private void Replay(ReadOnlyMemory<byte> record)
    {
        ReadResult result = RoundFrame.TryRead(record, _shards.Length * _options.MicroBlocks, out RoundFrame? frame);
        if (result != ReadResult.Ok) throw new InvalidDataException($"Expected round {Height + 1} in the log, got {result}.");
        if (frame!.TimeMs < TimeMs) throw new InvalidDataException($"Expected round {Height + 1} not before {TimeMs}, got {frame.TimeMs}.");
        Execute(frame.TimeMs, frame);
        if (Seals() != frame.Seals) throw new InvalidDataException($"Expected round {Height + 1} to give the headers that the log names, got others.");
        if ((frame.Beacon is null) != (_beacon is null) || frame.Beacon?.Body.Anchors.Count is { } anchors && anchors != _shards.Length)
            throw new InvalidDataException($"Expected a beacon block that anchors all shards in round {Height + 1}, got another.");
        for (int i = 0; frame.Beacon is { } block && i < _shards.Length; i++)
            if (!block.Body.Anchors.Any(anchor => anchor.Header.Hash == _shards[i].Tip.Hash)) throw new InvalidDataException($"Expected round {Height + 1} to anchor its own header of shard {_shards[i].Info.Id}, got another.");
        EngineRound round = Finish(frame.TimeMs, frame.HostMark.ToArray(), frame.Beacon, isOwn: false, record.Length);
        _options.Replayed?.Invoke(round);
    }

    // Between two rounds, a slice of what is under way.
    private void StepCheckpoint()
    {
        if (_options.OtherLog is null) return;
        if (!_journal!.IsCheckpointing)
        {
            if (_journal.Grown < _options.CheckpointBytes) return;
            _buffer.ResetWrittenCount();
            Layout.Write(_buffer);
            _journal.BeginCheckpoint(_buffer.WrittenSpan);
            (_slicedShard, _slicedTo) = (0, default);
            for (int i = 0; i < _shards.Length; i++) _shards[i].Recording = new ArrayBufferWriter<byte>();
        }
        AppendWrites();
        for (int left = SliceBytes; left > 0 && _slicedShard < _shards.Length;)
        {
            _buffer.ResetWrittenCount();
            CheckpointRecord.BeginPart(_buffer, CheckpointRecord.Cells, _slicedShard);
            bool isWhole = CheckpointRecord.WriteCells(_shards[_slicedShard].Cells, ref _slicedTo, left, _buffer);
            _journal.AppendToCheckpoint(_buffer.WrittenSpan);
            left -= _buffer.WrittenCount;
            if (isWhole) (_slicedShard, _slicedTo) = (_slicedShard + 1, default);
        }
        // An heir without a header of its own has none to go on from.
        if (_slicedShard < _shards.Length || _shards.Any(shard => shard.IsHeirsStart)) return;
        foreach (HostedShard<TTransition> shard in _shards) shard.Recording = null;
        _buffer.ResetWrittenCount();
        _buffer.Begin(CheckpointRecord.End);
        var writer = new WireWriter(_buffer);
        writer.WriteUInt64(Height);
        writer.WriteUInt64((ulong)TimeMs);
        writer.WriteVarint((ulong)HostMark.Length);
        writer.WriteSpan(HostMark.Span);
        CheckpointRecord.WriteBeacon(_beacon?.State, _buffer);
        foreach (HostedShard<TTransition> shard in _shards) shard.Write(_buffer);
        CheckpointRecord.WriteSettled(_settled, _buffer);
        _journal.EndCheckpoint(_buffer.WrittenSpan);
    }

    private void AppendWrites()
    {
        for (int i = 0; i < _shards.Length; i++)
        {
            if (_shards[i].Recording is not { WrittenCount: > 0 } writes) continue;
            _buffer.ResetWrittenCount();
            CheckpointRecord.BeginPart(_buffer, CheckpointRecord.Writes, i);
            _buffer.Write(writes.WrittenSpan);
            _journal!.AppendToCheckpoint(_buffer.WrittenSpan);
            writes.ResetWrittenCount();
        }
    }

    private void BeginRead(ReadOnlySpan<byte> layout)
    {
        if (ShardLayout.TryRead(layout, out ShardLayout? read) != ReadResult.Ok) throw Damaged();
        foreach (HostedShard<TTransition> shard in _shards) shard.Dispose();
        _shards = [];
        Layout = read!;
        _shards = MakeShards(Layout, []);
    }

    private void EndRead(ReadOnlySpan<byte> source)
    {
        var reader = new WireReader(source);
        if (!reader.TryReadUInt64(out ulong height) || !reader.TryReadUInt64(out ulong time) || !reader.TryReadCount(RoundFrame.MaxHostMark, out int length)
            || !reader.TryReadSpan(length, out ReadOnlySpan<byte> mark) || !CheckpointRecord.TryReadBeacon(ref reader, _beacon)) throw Damaged();
        foreach (HostedShard<TTransition> shard in _shards)
            if (!shard.TryRead(ref reader)) throw Damaged();
        if (!CheckpointRecord.TryReadSettled(ref reader, _settled) || !reader.IsAtEnd) throw Damaged();
        (Height, TimeMs, HostMark) = (height, (long)time, mark.ToArray());
        if (_beacon is { } beacon && !IsAnchored(beacon.State)) throw Damaged();
    }

    // The beacon's checkpoint is of the same round as the shards'.
    private bool IsAnchored(BeaconState state) => state.Height == Height && state.TimeMs == TimeMs && state.Layout.Version == Layout.Version
        && _shards.All(shard => state.Layout.IsLive(shard.Info.Id) && state.Anchored(shard.Info.Id)?.HeaderHash == shard.Tip.Hash);

    private static InvalidDataException Damaged() => new("Expected a checkpoint of this network, got something else.");
}
