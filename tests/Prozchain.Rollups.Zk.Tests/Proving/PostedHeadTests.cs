using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Zk.Proving;
using Prozchain.Testing;

namespace Prozchain.Rollups.Zk.Tests.Proving;

public sealed class PostedHeadTests
{
    private const int Most = 20_000;

    /// <summary>Heads with any fault, and without: the same as the node's own codec says, from exactly the bytes shown.</summary>
    [Fact]
    public void TryRead_AnyBytes_AgreesWithTheCodec()
    {
        var random = new SeededRandom(4);
        var codec = new BatchCodec<Payment>(new PaymentRows(12), new BatchLimits(Most, 1 << 20));
        int sound = 0;
        for (int i = 0; i < 3_000; i++)
        {
            Digest32 root = BatchCase.Root(random);
            byte[] count = random.Next(3) switch { 0 => [(byte)random.Next(128)], 1 => [(byte)(128 + random.Next(128)), (byte)random.Next(256), (byte)random.Next(3)], _ => random.Bytes(4) };
            byte[] bytes = [2, 3, .. root.Span, .. count, .. random.Bytes(3)];
            if (random.Next(3) == 0) bytes[random.Next(36)] ^= (byte)(1 << random.Next(8));
            if (random.Next(4) == 0) bytes = bytes[..random.Next(bytes.Length)];
            int size = PostedHead.SizeOf(bytes, root, Most);
            Assert.True(PostedHead.TryRead(bytes.AsSpan(0, size), (ulong)bytes.Length, root, Most, out PostedHead head), Convert.ToHexString(bytes));
            bool isSound = codec.TryReadHead(bytes, out BatchHead native) == BatchFault.None && native.Root == root;
            Assert.True((isSound, isSound ? native.Count : 0) == (head.IsSound, head.Count), $"Got {head} of {Convert.ToHexString(bytes)}, of which the codec says {native}.");
            sound += isSound ? 1 : 0;
            if (size > 0) Assert.False(PostedHead.TryRead(bytes.AsSpan(0, size - 1), (ulong)bytes.Length, root, Most, out _));
            if (size < bytes.Length) Assert.False(PostedHead.TryRead(bytes.AsSpan(0, size + 1), (ulong)bytes.Length, root, Most, out _));
        }
        Assert.InRange(sound, 300, 2_700);
    }
}
