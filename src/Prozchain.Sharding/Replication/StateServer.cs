using Prozchain.Shared;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Replication;

/// <summary>
/// Gives a shard's state to those who take it over: a copy of the state that a sealing header states, cell range by cell
/// range with proofs, and the blocks from there on. One copy at a time; answers are bounded in size, and in number per time.
/// </summary>
internal sealed class StateServer(int windowMs) : IDisposable
{
    private const int AnswersPerWindow = 256;
    private const long IdleMs = 1_000, MostMs = 60_000;

    private StateSnapshot? _snapshot;
    private long _madeMs, _usedMs, _windowMs;
    private int _answers;

    /// <returns>The answer; null for none.</returns>
    public byte[]? Answer(long nowMs, ReadOnlySpan<byte> question, ShardHistory history, HeapTrieStore? cells, Func<Digest, MicroBlock?> find)
    {
        var reader = new WireReader(question);
        if (!reader.TryReadByte(out byte type)) return null;
        if (nowMs - _windowMs >= windowMs) (_windowMs, _answers) = (nowMs, 0);
        if (_answers >= AnswersPerWindow) return null;
        _answers++;
        switch ((StateMessage)type)
        {
            case StateMessage.WantState when reader.TryReadUInt64(out ulong maxHeight) && reader.IsAtEnd && cells is not null:
                // A copy in use is shared, while the blocks from it on are kept.
                if (_snapshot is null || nowMs - _usedMs >= IdleMs || nowMs - _madeMs >= MostMs || _snapshot.Height > maxHeight || _snapshot.Height < history.Oldest)
                {
                    if (_snapshot is not null && nowMs - _madeMs < windowMs) return null;
                    if (history.SnapshotAt(maxHeight, cells) is not { } made) return null;
                    _snapshot?.Dispose();
                    (_snapshot, _madeMs) = (made, nowMs);
                }
                _usedMs = nowMs;
                return StateMessages.State(_snapshot);
            case StateMessage.WantBlocks when reader.TryReadBytes32(out Bytes32 hash) && reader.TryReadUInt64(out ulong downTo) && reader.IsAtEnd:
                var blocks = new List<MicroBlock>();
                long bytes = 0;
                for (MicroBlock? block = find(new Digest(hash)); block is not null && block.Header.Height >= downTo && blocks.Count < WireLimits.MaxBlocksPerMessage; block = find(block.Header.Parent))
                {
                    bytes += block.EncodedLength;
                    if (bytes > StateMessages.MaxBlocksBytes && blocks.Count > 0) break;
                    blocks.Add(block);
                }
                return blocks.Count > 0 ? StateMessages.Blocks(blocks) : null;
            case StateMessage.WantCells when reader.TryReadUInt64(out ulong height) && reader.TryReadBytes32(out Bytes32 from) && reader.IsAtEnd && _snapshot?.Height == height:
                _usedMs = nowMs;
                return StateMessages.Cells(_snapshot, new Digest(from));
            default:
                return null;
        }
    }

    public void Dispose() => _snapshot?.Dispose();
}
