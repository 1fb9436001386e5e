using System.Buffers;
using Prozchain.Rollups.Batches;
using Prozchain.Rollups.Payments;
using Prozchain.Rollups.Ports;
using Prozchain.Testing;

namespace Prozchain.Rollups.Tests.Batches;

/// <summary>From payments to postings of each kind and back, with the postings mixed, repeated and spoilt.</summary>
public sealed class PipelineTests
{
    private static readonly HashSigner[] s_members = [new(1), new(2), new(3)];
    private static readonly HashBlobCommitter s_committer = new();

    private const int BatchSize = 700, BatchCount = 3;

    [Theory]
    [InlineData(SourceKind.Calldata, null)]
    [InlineData(SourceKind.Calldata, 9)]
    [InlineData(SourceKind.Blobs, 9)]
    [InlineData(SourceKind.OffChain, 9)]
    public void Payments_ComeBackFromWhatWasPosted(SourceKind kind, int? quality)
    {
        var workload = new PaymentWorkload(BatchSize * BatchCount, seed: 2);
        var codec = new BatchCodec<Payment>(new PaymentCodec(workload, PaymentLimits.Default), BatchLimits.Default);
        ReadOnlyMemory<byte>[] batches = [.. Enumerable.Range(0, BatchCount).Select(i => Encode(codec, workload, i, quality is null ? ColumnLayout.Packed : ColumnLayout.Aligned))];
        var content = new ArrayBufferWriter<byte>();
        ChannelContent.Write(batches, quality, content);
        var settlement = new List<(byte[] Posted, Digest32[] Hashes, byte[] Data)>();
        Frame.Split(content.WrittenSpan, 1_500, source => settlement.Add(Post(kind, source.Span)));
        var random = new SeededRandom(4);
        // Noise: cut postings, repeated ones, a blob that is no packing.
        settlement.AddRange(settlement.ToArray().Where(_ => random.Next(2) == 0).Select(entry => (entry.Posted[..^1], entry.Hashes, entry.Data)));
        settlement.AddRange(settlement.ToArray().Where(_ => random.Next(2) == 0));
        var posted = settlement.ToArray();
        random.Shuffle(posted);

        var bank = new ChannelBank(ChannelRules.Default);
        var closed = new List<ClosedChannel>();
        foreach ((byte[] bytes, Digest32[] hashes, byte[] data) in posted) closed.AddRange(bank.Add(7, default, Open(bytes, hashes, data)));
        var read = new List<ReadOnlyMemory<byte>>();
        Assert.Equal(BatchFault.None, ChannelContent.TryRead(closed[0].Join(), 1 << 20, read));
        Assert.Equal(BatchCount, read.Count);
        for (int i = 0; i < BatchCount; i++)
        {
            Assert.Equal(BatchFault.None, codec.TryRead(read[i], out BatchContent<Payment> batch));
            Assert.Equal(i == 0 ? default : BatchCheck.Of(read[i - 1].Span), batch.Head.Parent);
            Assert.True(batch.Transactions.Span.SequenceEqual(workload.Payments.AsSpan(i * BatchSize, BatchSize)));
        }

        ReadOnlyMemory<byte> Encode(BatchCodec<Payment> codec, PaymentWorkload workload, int i, ColumnLayout layout)
        {
            var output = new ArrayBufferWriter<byte>();
            BatchCheck parent = i == 0 ? default : BatchCheck.Of(Encode(codec, workload, i - 1, layout).Span);
            codec.Write(new BatchHead((ulong)i, parent, 5, 0, layout, SignatureMode.None, BatchSize), workload.Payments.AsSpan(i * BatchSize, BatchSize), [], output);
            return output.WrittenMemory;
        }
    }

    [Fact]
    public void Certificates_TakeTheirQuorumAndNothingElse()
    {
        byte[] source = new SeededRandom(1).Bytes(90), digest = Hashing.Keccak(source).Span.ToArray(), certificate = Certify(source);
        CommitteeCertificates committee = Committee();
        Assert.True(committee.Verify(digest, 90, certificate));
        Assert.False(committee.Verify(digest, 91, certificate));
        Assert.False(committee.Verify(digest, 90, certificate.AsSpan(0, certificate.Length / 2)));
        Assert.False(committee.Verify(digest, 90, (byte[])[.. certificate.AsSpan(0, certificate.Length / 2), .. certificate.AsSpan(0, certificate.Length / 2)]));
        Assert.False(new CommitteeCertificates(2, s_members.Select(member => member.PublicKey), 2, new HashVerifier()).Verify(digest, 90, certificate));
        HostileBytes.Feed([certificate], bytes => Assert.True(!committee.Verify(digest, 90, bytes) || bytes.SequenceEqual(certificate)), count: 2_000);
        var committer = new HashBlobCommitter();
        byte[] commitment = Commit(source), proof = new byte[Blob.CommitmentSize];
        committer.Prove(source, commitment, proof);
        Assert.True(committer.Verify(source, commitment, proof));
        Assert.False(committer.Verify(digest, commitment, proof));
        Assert.Throws<ArgumentException>(() => new CommitteeCertificates(1, [], 1, new HashVerifier()));
        Assert.Throws<ArgumentException>(() => new CommitteeCertificates(1, [s_members[0].PublicKey], 2, new HashVerifier()));
    }

    private static (byte[], Digest32[], byte[]) Post(SourceKind kind, ReadOnlySpan<byte> source)
    {
        var output = new ArrayBufferWriter<byte>();
        switch (kind)
        {
            case SourceKind.Calldata:
                SourcePosting.WriteCalldata(source, output);
                return (output.WrittenSpan.ToArray(), [], []);
            case SourceKind.OffChain:
                SourcePosting.WriteOffChain(source, Certify(source), output);
                return (output.WrittenSpan.ToArray(), [], source.ToArray());
            default:
                SourcePosting.WriteBlobs(output);
                var blob = new byte[Blob.Size];
                Blob.Pack(source, blob);
                return (output.WrittenSpan.ToArray(), [Blob.VersionedHash(Commit(blob))], blob);
        }
    }

    // As derivation does it: whatever counts as empty is an empty source.
    private static ReadOnlyMemory<byte> Open(byte[] posted, Digest32[] hashes, byte[] data)
    {
        if (!SourcePosting.TryRead(posted, hashes, 1 << 16, out SourcePosting posting)) return default;
        switch (posting.Kind)
        {
            case SourceKind.Calldata:
                return posting.Body;
            case SourceKind.OffChain:
                if (posting.CheckCertificate(Committee()) != SourceStatus.Ok) return default;
                Assert.Equal(SourceStatus.Ok, posting.CheckData(data));
                return data;
            default:
                var source = new ArrayBufferWriter<byte>();
                byte[] commitment = Commit(data);
                Assert.Equal(SourceStatus.Ok, posting.TryOpen([new BlobSidecar(data, commitment, commitment)], s_committer, source));
                return source.WrittenMemory;
        }
    }

    private static CommitteeCertificates Committee() => new(1, s_members.Select(member => member.PublicKey), 2, new HashVerifier());

    private static byte[] Certify(ReadOnlySpan<byte> source)
    {
        byte[] message = CommitteeCertificates.MessageOf(1, Hashing.Keccak(source).Span, source.Length), signature = new byte[65];
        var output = new ArrayBufferWriter<byte>();
        foreach (byte member in (byte[])[0, 2])
        {
            s_members[member].Sign(message, signature);
            CommitteeCertificates.Add(member, signature, output);
        }
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Commit(ReadOnlySpan<byte> blob)
    {
        var commitment = new byte[Blob.CommitmentSize];
        s_committer.Commit(blob, commitment);
        return commitment;
    }
}
