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

    // RFC 6979, A.2.5: P-256, SHA-256, message "sample". Its s is the larger one of the pair.
    [Fact]
    public void P256Verifier_AcceptsThePublishedSignatureInItsLowForm()
    {
        byte[] key = Convert.FromHexString("0160FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
        byte[] published = Convert.FromHexString("01EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
        var order = new System.Numerics.BigInteger(Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551"), true, true);
        byte[] low = (order - new System.Numerics.BigInteger(published.AsSpan(33), true, true)).ToByteArray(true, true);
        using var verifier = new P256Verifier();
        Assert.False(verifier.Verify(key, "sample"u8, published));
        Assert.True(verifier.Verify(key, "sample"u8, [.. published.AsSpan(0, 33), .. new byte[32 - low.Length], .. low]));
        Assert.False(verifier.Verify(key, "samplf"u8, [.. published.AsSpan(0, 33), .. new byte[32 - low.Length], .. low]));
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
