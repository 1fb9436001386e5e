using System.Buffers;
using Prozchain.Rollups.Ports;

namespace Prozchain.Devnet.Adapters;

/// <summary>
/// The rollup's settlement log over application records of the beacon: a call's position is its place among the
/// records, its height is that of the beacon block that holds it. An append completes once its record is in a block
/// that is on disk, so whoever appends needs somebody else to run rounds meanwhile.
/// </summary>
/// <param name="submit">Hands a record to the beacon.</param>
internal sealed class BeaconSettlementLog(Action<ReadOnlyMemory<byte>> submit) : ISettlementLog
{
    private readonly List<(long Height, ReadOnlyMemory<byte> Call)> _calls = [];
    private readonly Queue<TaskCompletionSource<long>> _waiting = new();
    private TaskCompletionSource _submitted = new();
    private long _height;

    /// <summary>Runs rounds while the work waits for an append to get into a block, one per wait and no more.</summary>
    public async Task WithRoundsAsync(Task work, Action runRound)
    {
        while (true)
        {
            await Task.WhenAny(work, _submitted.Task).ConfigureAwait(false);
            if (work.IsCompleted) break;
            runRound();
        }
        await work.ConfigureAwait(false);
    }

    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        submit(call.ToArray());
        var included = new TaskCompletionSource<long>();
        _waiting.Enqueue(included);
        _submitted.TrySetResult();
        return new ValueTask<long>(included.Task.WaitAsync(cancellationToken));
    }

    public ValueTask<long> ReadAsync(long position, IBufferWriter<byte> destination, CancellationToken cancellationToken)
    {
        (long height, ReadOnlyMemory<byte> call) = _calls[checked((int)position)];
        destination.Write(call.Span);
        return ValueTask.FromResult(height);
    }

    public ValueTask<SettlementHead> GetHeadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(new SettlementHead(_calls.Count, _height + 1));

    /// <summary>Takes in the records of a beacon block that was acknowledged, own and others', in their order.</summary>
    public void OnBlock(long height, IEnumerable<ReadOnlyMemory<byte>> records)
    {
        _height = height;
        var completed = new List<(TaskCompletionSource<long> Append, long Position)>();
        foreach (ReadOnlyMemory<byte> record in records)
        {
            _calls.Add((height, record));
            if (_waiting.TryDequeue(out TaskCompletionSource<long>? append)) completed.Add((append, _calls.Count - 1));
        }
        // Only now may an appender go on: it may append again at once.
        if (_waiting.Count == 0) _submitted = new TaskCompletionSource();
        foreach ((TaskCompletionSource<long> append, long position) in completed) append.SetResult(position);
    }
}
