using System.Buffers;
using System.Security.Cryptography;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Tests.Batches;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Vectors;

/// <summary>The formats of batches frozen: SHA-256 over the encodings of seeded cases.</summary>
public sealed class BatchFormatFixtureTests
{
    [Fact]
    public void Batch_IsFrozen() => Expect("cf08be14b3d681907973790406527ba42d03450c66bf9ad983ca05c580af5475", Enumerable.Range(0, 60).Select(i =>
    {
        BatchHead head = PaymentBatchTests.Head(new SeededRandom((ulong)i), out Rollups.Payments.Payment[] payments, out byte[] aggregate);
        return PaymentBatchTests.Encode(PaymentBatchTests.Codec(), head, payments, aggregate);
    }));

    [Fact]
    public void Rows_AreFrozen() => Expect("6ba7bee2d418e2f0af5e2de61cf1fc2b9b8754ee6086fbe7b632f156f362e17e", Enumerable.Range(0, 60).Select(i =>
    {
        var random = new SeededRandom((ulong)i);
        byte exponent = (byte)(i % 25);
        return RowPayments.Encode(RowPayments.Codec(exponent), new Digest32(random.Bytes(Digest32.Size)), RowPayments.Any(random, i, exponent));
    }));

    [Fact]
    public void NetDiff_IsFrozen() => Expect("593f09b50eeb3e33bb6933b259e5585005f603a1ba040655bc93108e1c89ae0a", Enumerable.Range(0, 60).Select(i => NetDiffTests.Encode(NetDiffTests.Any(new SeededRandom((ulong)i)))));

    [Fact]
    public void FramesPostingsAndContents_AreFrozen() => Expect("3d5da7c6261ecfc52ee676feadc0a97f864fd782254f31ca1a14ebc61a231915", Enumerable.Range(0, 20).SelectMany(i =>
    {
        var content = new ArrayBufferWriter<byte>();
        var random = new SeededRandom((ulong)i);
        ChannelContent.Write([random.Bytes(1 + i), random.Bytes(300)], quality: null, content);
        var posted = new ArrayBufferWriter<byte>();
        SourcePosting.WriteCalldata(content.WrittenSpan, posted);
        SourcePosting.WriteBlobs(posted);
        SourcePosting.WriteOffChain(content.WrittenSpan, random.Bytes(i), posted);
        return ChannelTests.Split(content.WrittenSpan.ToArray(), 60 + i).Select(source => source.ToArray()).Append(posted.WrittenSpan.ToArray());
    }));

    private static void Expect(string expected, IEnumerable<byte[]> encodings)
    {
        var all = new ArrayBufferWriter<byte>();
        foreach (byte[] encoding in encodings) all.Write(encoding);
        string actual = Convert.ToHexStringLower(SHA256.HashData(all.WrittenSpan));
        Assert.True(expected == actual, $"Expected {expected}, got {actual}.");
    }
}
