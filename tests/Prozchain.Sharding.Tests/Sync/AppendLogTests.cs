using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Sync;
using Prozchain.Sharding.Tests.Support;

namespace Prozchain.Sharding.Tests.Sync;

public class AppendLogTests
{
    [Fact]
    public void Open_AfterAppends_VisitsThemInOrder()
    {
        var storage = new MemoryLogStorage();
        AppendLog log = AppendLog.Open(storage);
        for (int i = 1; i < 50; i++) log.Append(Payload(i, i * 7));
        log.Flush();
        (AppendLog reopened, List<byte[]> records) = Reopen(storage);
        Assert.Equal((49L, log.Length), (reopened.Count, reopened.Length));
        for (int i = 1; i < 50; i++) Assert.Equal(Payload(i, i * 7), records[i - 1]);
        reopened.Append([1]);
        Assert.Equal(50, Reopen(storage).Records.Count);
    }

    [Fact]
    public void Open_FileStorage_KeepsTheRecords()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var storage = new FileLogStorage(path))
            {
                AppendLog log = AppendLog.Open(storage);
                log.Append([1, 2, 3]);
                log.Flush();
                Assert.Throws<IOException>(() => new FileLogStorage(path));
            }
            File.AppendAllBytes(path, [5, 0, 0, 0, 9]);
            using (var storage = new FileLogStorage(path))
            {
                Assert.Equal([1, 2, 3], Assert.Single(Reopen(storage).Records));
                Assert.Equal(8 + 8 + 3, storage.Length);
            }
        }
        finally { File.Delete(path); }
    }

    [Fact]
    public void Append_BadLength_Throws()
    {
        AppendLog log = AppendLog.Open(new MemoryLogStorage());
        Assert.Throws<ArgumentException>(() => log.Append([]));
    }

    [Fact]
    public void Open_SomethingElse_IsRefused()
    {
        var storage = new MemoryLogStorage();
        storage.Write(0, "a letter to my aunt"u8);
        Assert.Throws<InvalidDataException>(() => AppendLog.Open(storage));
        Assert.Equal(19, storage.Length);
    }

    [Fact]
    public void Open_DamagedFlushedRecord_IsRefusedAndNotCutOff()
    {
        var storage = new CrashingStorage(1);
        AppendLog log = AppendLog.Open(storage);
        for (int i = 0; i < 3; i++)
        {
            log.Append(Payload(i, 100));
            log.Flush();
        }
        storage.Rot(8 + 8 + 50);
        Assert.Throws<InvalidDataException>(() => AppendLog.Open(storage));
        Assert.Equal(8 + 3 * 108, storage.Length);
    }

    [Fact]
    public void Append_AfterAFailedWrite_IsRefused()
    {
        var storage = new CrashingStorage(1);
        AppendLog log = AppendLog.Open(storage);
        storage.OperationsLeft = 1;
        Assert.Throws<IOException>(() => log.Append([1]));
        storage.OperationsLeft = -1;
        Assert.Throws<InvalidOperationException>(() => log.Append([1]));
        Assert.Throws<InvalidOperationException>(log.Flush);
    }

    [Fact]
    public void Open_SwappedOrRepeatedRecords_EndTheLog()
    {
        var storage = new MemoryLogStorage();
        AppendLog log = AppendLog.Open(storage);
        for (int i = 0; i < 4; i++) log.Append(Payload(i, 24));
        log.Flush();
        var bytes = new byte[storage.Length];
        storage.Read(0, bytes);
        byte[] second = bytes[40..72], third = bytes[72..104];
        storage.Write(40, third);
        storage.Write(72, second);
        Assert.Single(Reopen(storage).Records);
        var repeated = new MemoryLogStorage();
        repeated.Write(0, [.. bytes[..72], .. second]);
        Assert.Equal(2, Reopen(repeated).Records.Count);
    }

    [Fact]
    public void Crash_AnywhereThousandsOfTimes_LosesNothingFlushedAndInventsNothing()
    {
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            var storage = new CrashingStorage(seed);
            // What was appended, by number; what a crash took away is replaced by what comes in its place.
            var appended = new List<byte[]>();
            long flushed = 0;
            for (int crash = 0; crash < 12; crash++)
            {
                storage.OperationsLeft = random.Next(1, 30);
                try
                {
                    AppendLog log = AppendLog.Open(storage);
                    Assert.InRange(log.Count, flushed, appended.Count);
                    appended.RemoveRange((int)log.Count, appended.Count - (int)log.Count);
                    flushed = log.Count;
                    while (true)
                    {
                        // Few lengths, so that a stale record can lie just where the next one is looked for.
                        appended.Add(Payload(random.Next(), random.Next(3) == 0 ? random.Next(1, 400) : 56));
                        log.Append(appended[^1]);
                        if (random.Next(3) > 0) continue;
                        log.Flush();
                        flushed = appended.Count;
                    }
                }
                catch (IOException) { }
                storage.OperationsLeft = -1;
                // Now and then only the process dies: the next one reads what may still not be on the medium.
                if (random.Next(3) == 0) continue;
                storage.Crash();
                List<byte[]> records = Peek(storage);
                Assert.InRange(records.Count, (int)flushed, appended.Count);
                for (int i = 0; i < records.Count; i++) Assert.Equal(appended[i], records[i]);
            }
        }
    }

    // Reads a copy, as opening repairs.
    private static List<byte[]> Peek(CrashingStorage storage)
    {
        var bytes = new byte[storage.Length];
        storage.Read(0, bytes);
        var copy = new MemoryLogStorage();
        copy.Write(0, bytes);
        return Reopen(copy).Records;
    }

    private static (AppendLog Log, List<byte[]> Records) Reopen(ILogStorage storage)
    {
        var records = new List<byte[]>();
        return (AppendLog.Open(storage, record => records.Add(record.ToArray())), records);
    }

    private static byte[] Payload(int seed, int length)
    {
        var payload = new byte[length];
        new Random(seed).NextBytes(payload);
        return payload;
    }
}
