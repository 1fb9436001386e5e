using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Wire;

namespace Prozchain.Sharding.Hosting;

/// <summary>Application records that wait for a beacon block. Bounded in records and bytes.</summary>
internal sealed class RecordQueue
{
    private const int MaxQueued = 1 << 16;
    private const long MaxQueuedBytes = 1L << 26;

    private readonly Queue<ApplicationRecord> _queue = new();
    private long _bytes;

    public RecordResult Add(uint applicationId, ReadOnlySpan<byte> data)
    {
        if (data.Length > WireLimits.MaxRecordBytes) return RecordResult.TooLarge;
        if (_queue.Count >= MaxQueued || _bytes + data.Length > MaxQueuedBytes) return RecordResult.QueueFull;
        _queue.Enqueue(new ApplicationRecord(applicationId, data.ToArray()));
        _bytes += data.Length;
        return RecordResult.Accepted;
    }

    /// <summary>The records that fit the next block, without taking them.</summary>
    public List<ApplicationRecord> Next()
    {
        var next = new List<ApplicationRecord>();
        long bytes = 0;
        foreach (ApplicationRecord record in _queue)
        {
            bytes += record.Data.Length;
            if (next.Count == WireLimits.MaxRecords || bytes > WireLimits.MaxRecordBytesPerBlock) break;
            next.Add(record);
        }
        return next;
    }

    public void Remove(int count)
    {
        while (count-- > 0) _bytes -= _queue.Dequeue().Data.Length;
    }
}
