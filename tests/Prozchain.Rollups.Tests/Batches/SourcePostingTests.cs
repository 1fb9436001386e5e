using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

public sealed class SourcePostingTests
{
    private static readonly byte[] s_source = new SeededRandom(1).Bytes(500);

    [Fact]
    public void Calldata_HoldsItsSource()
    {
        var output = new ArrayBufferWriter<byte>();
        SourcePosting.WriteCalldata(s_source, output);
        Assert.True(SourcePosting.TryRead(output.WrittenMemory, default, 0, out SourcePosting posting));
        Assert.Equal(SourceKind.Calldata, posting.Kind);
        Assert.Equal(s_source, posting.Body.ToArray());
    }

    [Fact]
    public void DataWithOthers_IsCheckedAgainstDigestLengthAndCertificate()
    {
        var output = new ArrayBufferWriter<byte>();
        SourcePosting.WriteOffChain(s_source, "vouched"u8, output);
        Assert.True(SourcePosting.TryRead(output.WrittenMemory, default, 500, out SourcePosting posting));
        Assert.False(SourcePosting.TryRead(output.WrittenMemory, default, 499, out _));
        Assert.Equal(SourceStatus.Ok, posting.CheckCertificate(new Voucher()));
        Assert.Equal(SourceStatus.Ok, posting.CheckData(s_source));
        Assert.Equal(SourceStatus.NotTheData, posting.CheckData(s_source.AsSpan(1)));
        Assert.Equal(SourceStatus.NotTheData, posting.CheckData(new byte[500]));
        byte[] other = output.WrittenSpan.ToArray();
        other[^1] ^= 1;
        Assert.True(SourcePosting.TryRead(other, default, 500, out posting));
        Assert.Equal(SourceStatus.NotCertified, posting.CheckCertificate(new Voucher()));
    }

    [Fact]
    public void APostingThatIsNone_IsAnEmptySource()
    {
        Digest32[] hashes = [World.Root(1)];
        foreach (byte[] broken in (byte[][])[[], [3], [255, 1], [1, 0], [2, 1, 2, 3]]) Assert.False(SourcePosting.TryRead(broken, hashes, 1_000, out _));
        Assert.False(SourcePosting.TryRead((byte[])[1], default, 1_000, out _));
        Assert.False(SourcePosting.TryRead((byte[])[1], new Digest32[SourcePosting.MaxBlobs + 1], 1_000, out _));
        Assert.True(SourcePosting.TryRead((byte[])[1], hashes, 1_000, out SourcePosting posting));
        Assert.Equal(SourceStatus.NotAPosting, posting.CheckData([]));
        Assert.Equal(SourceStatus.NotAPosting, posting.CheckCertificate(new Voucher()));
    }

    // Whatever is posted, the chain of what comes after is the same: empty sources, then a good one.
    [Fact]
    public void NoPosting_StallsTheChain()
    {
        var bank = new ChannelBank(ChannelRules.Default);
        var random = new SeededRandom(3);
        var honest = new L1Address(random.Bytes(L1Address.Size));
        ReadOnlyMemory<byte> good = ChannelTests.Split(Content(), 1_000)[0];
        var output = new ArrayBufferWriter<byte>();
        SourcePosting.WriteCalldata(good.Span, output);
        int read = 0;
        HostileBytes.Feed([output.WrittenSpan.ToArray()], bytes =>
        {
            if (SourcePosting.TryRead(bytes.ToArray(), default, 1_000, out SourcePosting posting) && posting.Kind == SourceKind.Calldata)
                foreach (ClosedChannel channel in bank.Add(1, new L1Address(new byte[L1Address.Size]), posting.Body)) ChannelContent.TryRead(channel.Join(), 10_000, []);
            if (random.Next(25) != 0) return;
            var batches = new List<ReadOnlyMemory<byte>>();
            foreach (ClosedChannel channel in bank.Add(1, honest, good)) Assert.Equal(BatchFault.None, ChannelContent.TryRead(channel.Join(), 10_000, batches));
            read += batches.Count;
        }, count: 5_000);
        Assert.InRange(read, 150, int.MaxValue);
    }

    private static byte[] Content()
    {
        var output = new ArrayBufferWriter<byte>();
        ChannelContent.Write([s_source], 9, output);
        return output.WrittenSpan.ToArray();
    }

    private sealed class Voucher : ICertificateVerifier
    {
        public bool Verify(ReadOnlySpan<byte> digest, int length, ReadOnlySpan<byte> certificate) =>
            digest.SequenceEqual(Hashing.Keccak(s_source).Span) && length == 500 && certificate.SequenceEqual("vouched"u8);
    }
}
