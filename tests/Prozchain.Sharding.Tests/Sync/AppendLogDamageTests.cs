using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Sync;

/// <summary>A broken medium is told from a torn tail, and nothing that was flushed is cut off for it.</summary>
public class AppendLogDamageTests
{
    private const int Size = 32, Record = 8 + Size;

    [Theory]
    [InlineData(0, 20)]
    [InlineData(1, 20)]
    [InlineData(2, 20)]
    [InlineData(0, 5)]
    [InlineData(2, 5)]
    public void Open_DamageInAFlushedBatch_IsRefusedAndNotCutOff(int record, int offset)
    {
        var storage = new CrashingStorage(1);
        AppendLog log = AppendLog.Open(storage);
        // One flush for three records, then a fourth that says so. At offset 5 is the stored checksum, at 20 payload.
        for (int i = 0; i < 3; i++) log.Append(Payload(i));
        log.Flush();
        log.Append(Payload(3));
        log.Flush();
        storage.Rot(8 + record * Record + offset);
        Assert.Throws<InvalidDataException>(() => AppendLog.Open(storage));
        Assert.Equal(8 + 4 * Record, storage.Length);
    }

    [Fact]
    public void Open_DamageInAnUnflushedBatch_IsCutOff()
    {
        var storage = new CrashingStorage(1);
        AppendLog log = AppendLog.Open(storage);
        log.Append(Payload(0));
        log.Flush();
        for (int i = 1; i < 4; i++) log.Append(Payload(i));
        storage.Rot(8 + 1 * Record + 20);
        Assert.Equal(1, AppendLog.Open(storage).Count);
        Assert.Equal(8 + Record, storage.Length);
    }

    private static byte[] Payload(int seed)
    {
        var payload = new byte[Size];
        new Random(seed).NextBytes(payload);
        return payload;
    }
}
