using System.Buffers;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Tests.Ports;

public sealed class PortTests
{
    [Fact]
    public async Task DirectoryDataPublisher_KeepsBytesUnderTheirDigest()
    {
        string directory = Path.Combine(Path.GetTempPath(), $"rollups-{Environment.ProcessId}-{Path.GetRandomFileName()}");
        try
        {
            await PublisherLaws(new DirectoryDataPublisher(directory));
            // A file that was damaged is as good as none, until it is published again.
            byte[] data = [9, 9, 9], commitment = new byte[32];
            await new DirectoryDataPublisher(directory).PublishAsync(data, commitment, default);
            string file = Path.Combine(directory, Convert.ToHexStringLower(commitment) + ".batch");
            await File.WriteAllBytesAsync(file, [9, 9]);
            Assert.False(await new DirectoryDataPublisher(directory).TryFetchAsync(commitment, new ArrayBufferWriter<byte>(), default));
            await new DirectoryDataPublisher(directory).PublishAsync(data, commitment, default);
            Assert.True(await new DirectoryDataPublisher(directory).TryFetchAsync(commitment, new ArrayBufferWriter<byte>(), default));
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [Fact]
    public async Task InMemoryDataPublisher_KeepsBytesUnderTheirDigest()
    {
        var publisher = new InMemoryDataPublisher();
        await PublisherLaws(publisher);
        var commitment = new byte[32];
        await publisher.PublishAsync(new byte[] { 1 }, commitment, default);
        Assert.True(publisher.Withhold(new Digest32(commitment)));
        Assert.False(await publisher.TryFetchAsync(commitment, new ArrayBufferWriter<byte>(), default));
    }

    [Fact]
    public async Task InMemorySettlementLog_KeepsOrderAndHeights()
    {
        var log = new InMemorySettlementLog();
        Assert.Equal(0, await log.AppendAsync(new byte[] { 1 }, default));
        log.Advance(5);
        Assert.Equal(1, await log.AppendAsync(new byte[] { 2 }, default));
        log.Advance();
        Assert.Equal(new SettlementHead(2, 6), await log.GetHeadAsync(default));
        var call = new ArrayBufferWriter<byte>();
        Assert.Equal((0L, 5L), (await log.ReadAsync(0, call, default), await log.ReadAsync(1, call, default)));
        Assert.Equal([1, 2], call.WrittenSpan.ToArray());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.ReadAsync(2, call, default));
        Assert.Throws<ArgumentOutOfRangeException>(() => log.Advance(-1));
    }

    [Fact]
    public void P256Verifier_RefusesHostileBytesAndHighS()
    {
        using var signer = new P256Signer([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);
        using var verifier = new P256Verifier(2);
        byte[] message = [1, 2, 3], signature = new byte[65];
        signer.Sign(message, signature);
        Assert.True(verifier.Verify(signer.PublicKey.Span, message, signature));
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] key = signer.PublicKey.ToArray(), wrong = [.. signature];
            (random.Next(2) == 0 ? key : wrong)[random.Next(65)] ^= (byte)(1 << random.Next(8));
            Assert.False(verifier.Verify(key, message, wrong));
        }
        Assert.False(verifier.Verify(default, message, signature));
        Assert.False(verifier.Verify(signer.PublicKey.Span, message, default));
        Assert.False(verifier.Verify(signer.PublicKey.Span, message, [1, .. new byte[64]]));
        // n - s, the other half of the pair.
        var order = new System.Numerics.BigInteger(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), true, true);
        byte[] high = (order - new System.Numerics.BigInteger(signature.AsSpan(33), true, true)).ToByteArray(true, true);
        Assert.False(verifier.Verify(signer.PublicKey.Span, message, [.. signature.AsSpan(0, 33), .. new byte[32 - high.Length], .. high]));
        var results = new bool[2];
        verifier.VerifyMany([new SignatureClaim(signer.PublicKey, message, signature), new SignatureClaim(signer.PublicKey, message, new byte[65])], results);
        Assert.Equal([true, false], results);
        Assert.Throws<ArgumentException>(() => new P256Signer(new byte[31]));
        Assert.Throws<ArgumentException>(() => signer.Sign(message, new byte[64]));
    }

    private static async Task PublisherLaws(IDataPublisher publisher)
    {
        byte[] data = [.. Enumerable.Range(0, 1_000).Select(i => (byte)i)], commitment = new byte[32], again = new byte[32];
        await publisher.PublishAsync(data, commitment, default);
        await publisher.PublishAsync(data, again, default);
        Assert.Equal(commitment, again);
        var fetched = new ArrayBufferWriter<byte>();
        Assert.True(await publisher.TryFetchAsync(commitment, fetched, default));
        Assert.Equal(data, fetched.WrittenSpan.ToArray());
        Assert.False(await publisher.TryFetchAsync(new byte[32], fetched, default));
        Assert.Equal(1_000, fetched.WrittenCount);
    }
}
