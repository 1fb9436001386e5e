using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Zk.Circuit;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>The scan that writers of traces go by says of the same batches as the native codec that they have a fault.</summary>
public sealed class RowScanTests
{
    [Fact]
    public void RandomBatches_AndEachWithAByteChanged_HaveTheNativeVerdict()
    {
        int live = 0, faulty = 0;
        for (int i = 0; i < 300; i++)
        {
            var random = new SeededRandom((ulong)i);
            PostedBatch batch = PostedBatch.Random(random, 1 + random.Next(8));
            Assert.True(batch.IsLive, $"batch {i}: {batch.Fault}");
            for (int j = 0; j < 60; j++)
            {
                byte[] bytes = [.. batch.Bytes];
                bytes[random.Next(batch.HeadSize, bytes.Length)] ^= (byte)(1 << random.Next(8));
                if (random.Next(4) == 0) bytes = [.. bytes[..^1]];
                PostedBatch changed = new(bytes, batch.Count);
                bool isLive = changed.Native(out _) == BatchFault.None;
                if (isLive) live++;
                else faulty++;
                if (isLive != changed.IsLive) Assert.Fail($"Expected {isLive}, got {changed.Fault} of {Convert.ToHexString(bytes)}");
            }
        }
        Assert.True(live > 3_000 && faulty > 3_000, $"{live}, {faulty}");
    }
}
