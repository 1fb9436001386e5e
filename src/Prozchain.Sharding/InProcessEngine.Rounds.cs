using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hashing;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Wire;
using Prozchain.Shared;

namespace Prozchain.Sharding;

/// <content>What happens in a round.</content>
public sealed partial class InProcessEngine<TTransition>
{
    private Phase _phase;
    private RoundFrame? _replayed;
    private int _block, _next;
    private long _blockTimeMs;
    private volatile int _badShard = -1;
    private FinalityProof[] _proofs = [];

    private enum Phase : byte { Begin, Propose, Replay, Seal }

    // With a frame, its bodies; without, of what waits.
    private void Execute(long nowMs, RoundFrame? frame)
    {
        (_replayed, _badShard, _change, _refused) = (frame, -1, null, []);
        BeginRuns();
        Run(Phase.Begin);
        // The sealing blocks of the round before, final since then.
        Note(-1, TimeMs);
        Dispatch(_shards);
        for (_block = 0; _block < _options.MicroBlocks; _block++)
        {
            _blockTimeMs = Math.Max(TimeMs, nowMs - (_options.MicroBlocks - 1 - _block) * _options.MicroBlockMs);
            bool isLast = _block == _options.MicroBlocks - 1;
            if (frame is null) Answer();
            if (frame is null && isLast) _change = NextChange(nowMs);
            Run(frame is null ? Phase.Propose : Phase.Replay);
            if (_badShard >= 0) throw new InvalidDataException($"Expected a valid block of shard {Layout.Shards[_badShard].Id} in round {Height + 1}, got one that is not.");
            Note(_block, nowMs);
            if (isLast) _change = Adopted();
            // What the last blocks say with a change is for its heirs as well.
            if (_change is null) Dispatch(_shards);
        }
        Run(Phase.Seal);
        _replayed = null;
    }

    private void BeginRuns()
    {
        if (_beacon is null) return;
        ReadOnlySpan<BeaconDesk.Ballot> ballots = _beacon.Ballots(Layout);
        for (int i = 0; i < _shards.Length; i++) _shards[i].Run = (_beacon.State.Epoch, ballots[i].Instance.Id);
        if (_proofs.Length != _shards.Length) _proofs = new FinalityProof[_shards.Length];
    }

    private void Run(Phase phase)
    {
        (_phase, _next) = (phase, 0);
        _team.Run();
    }

    private void Work(int worker)
    {
        for (int shard; (shard = Interlocked.Increment(ref _next) - 1) < _shards.Length;)
        {
            HostedShard<TTransition> hosted = _shards[shard];
            switch (_phase)
            {
                case Phase.Begin:
                    hosted.Begin();
                    break;
                case Phase.Propose:
                    hosted.Propose(_blockTimeMs, _change);
                    break;
                case Phase.Replay:
                    if (!hosted.TryReplay(_replayed!.Bodies[shard * _options.MicroBlocks + _block], _blockTimeMs)) _badShard = shard;
                    break;
                default:
                    hosted.Seal(_blockTimeMs);
                    if (_beacon is { } beacon && _replayed is null) _proofs[shard] = beacon.Certify(shard, hosted.Tip);
                    break;
            }
        }
    }

    // In the order of the layout, so that every shard hears the same however many threads there are.
    // What is for an ended shard is for those that hold its keys, a grant for nobody.
    private void Dispatch(HostedShard<TTransition>[] sources)
    {
        foreach (HostedShard<TTransition> source in sources)
        {
            for (int i = 0; i < source.Sent.Count; i++)
            {
                SentReceipt sent = source.Sent[i];
                for (int j = 0; j < sent.Destinations.Count; j++)
                    if (_indexes.TryGetValue(sent.Destinations[j], out int index)) _shards[index].Line.Add(source.Source, source.SourceTimeMs, sent);
                    else if (!sent.IsGrant) SendToHeirs(sent.Destinations[j], source, sent);
            }
        }
    }

    private void SendToHeirs(ShardId ended, HostedShard<TTransition> source, SentReceipt sent)
    {
        foreach (ShardInfo heir in Layout.HoldersOf(ended))
            if (Outbox.Concerns(sent, heir)) _shards[_indexes[heir.Id]].Line.AddOnce(source.Source, source.SourceTimeMs, sent);
    }

    private void WriteRound(long nowMs, ReadOnlySpan<byte> mark, BeaconBlock? beacon)
    {
        _buffer.ResetWrittenCount();
        _buffer.Begin(RoundFrame.RoundKind);
        var writer = new WireWriter(_buffer);
        writer.WriteUInt64((ulong)nowMs);
        writer.WriteVarint((ulong)(_shards.Length * _options.MicroBlocks));
        foreach (HostedShard<TTransition> shard in _shards)
        {
            for (int i = 0; i < _options.MicroBlocks; i++)
            {
                ReadOnlyMemory<byte> body = shard.BodyOf(i);
                writer.WriteVarint((ulong)body.Length);
                writer.WriteSpan(body.Span);
            }
        }
        writer.WriteVarint((ulong)mark.Length);
        writer.WriteSpan(mark);
        writer.WriteBytes32(Seals().Bytes);
        beacon?.Write(_buffer);
    }

    // Hash of the sealing headers' hashes: it covers all that the round did.
    private Digest Seals()
    {
        var hashes = new byte[_shards.Length * Digest.Size];
        for (int i = 0; i < _shards.Length; i++) _shards[i].Tip.Hash.Span.CopyTo(hashes.AsSpan(i * Digest.Size));
        return new Digest(Domains.RoundSeals.Hash(hashes));
    }

    private EngineRound Finish(long nowMs, byte[] mark, BeaconBlock? beacon, bool isOwn, int logBytes)
    {
        (TimeMs, HostMark) = (nowMs, mark);
        Height++;
        if (beacon is not null && _beacon!.Take(beacon, isOwn) is { IsValid: false } verdict) throw new InvalidDataException($"Expected a valid beacon block in round {Height}, got {verdict}.");
        var round = new EngineRound
        {
            Height = Height, TimeMs = nowMs, HostMark = mark, LogBytes = logBytes, Shards = Array.ConvertAll(_shards, shard => shard.Summarise()),
            Epoch = _shards[0].Tip.Epoch, BeaconHash = beacon?.Hash ?? default, Records = beacon?.Body.Records ?? [],
            Change = _change, RefusedChanges = _refused,
        };
        if (_change is { } change) Reshape(change);
        if (_beacon is not null && _beacon.State.Layout.Version != Layout.Version) throw new InvalidDataException($"Expected the beacon's layout of round {Height} to be the shards', got version {_beacon.State.Layout.Version}, not {Layout.Version}.");
        ForgetSettled();
        return round;
    }
}
