using System.Security.Cryptography;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Hosting;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Receipts;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>Every reader takes any bytes, takes only the one encoding of a value, and the encodings are frozen.</summary>
public class WireFormatTests
{
    private const string LogDigest = "7803d966225cfedc81239a2295b1d76cfffa3c81c584eb78cee51f569fdaabf3";

    private static readonly Dictionary<string, Func<byte[], (ReadResult Result, byte[]? Again)>> s_readers = new()
    {
        ["transfer"] = bytes => (Transfer.TryRead(bytes, out Transfer? value), value?.Encoded.ToArray()),
        ["bundle"] = bytes => (ReceiptBundle.TryRead(bytes, out ReceiptBundle? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["bundle-proof"] = bytes => (BundleProof.TryRead(bytes, out BundleProof? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["header"] = bytes => (ShardHeader.TryRead(bytes, out ShardHeader? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["block"] = bytes => (ShardBlock.TryRead(bytes, out ShardBlock? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["certificate"] = bytes => (Certificate.TryRead(bytes, out Certificate? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["beacon-block"] = bytes => (BeaconBlock.TryRead(bytes, out BeaconBlock? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["state-proof"] = bytes => (StateProof.TryRead(bytes, out StateProof? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["round"] = bytes => (RoundRecord.TryRead(bytes, out RoundRecord? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["genesis"] = bytes =>
        {
            ReadResult result = RoundRecord.TryReadGenesis(bytes, out Digest value);
            return (result, result == ReadResult.Ok ? TestNetwork.Encode(output => RoundRecord.WriteGenesis(output, value)) : null);
        },
    };

    public static TheoryData<string> Formats => [.. s_readers.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_ValidEncoding_RoundTrips(string format)
    {
        List<byte[]> samples = WireSamples.ByFormat[format];
        Assert.NotEmpty(samples);
        foreach (byte[] sample in samples)
        {
            (ReadResult result, byte[]? again) = s_readers[format](sample);
            Assert.Equal(ReadResult.Ok, result);
            Assert.Equal(sample, again);
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_EveryPrefixAndTrailingByte_IsRefused(string format)
    {
        byte[] sample = WireSamples.ByFormat[format].MaxBy(bytes => bytes.Length)!;
        for (int length = 0; length < sample.Length; length += 1 + sample.Length / 500)
        {
            ReadResult result = s_readers[format](sample[..length]).Result;
            Assert.True(result is ReadResult.Truncated or ReadResult.NotCanonical, $"Expected a prefix of {length} bytes to be refused as truncated, got {result}.");
        }
        Assert.Equal(ReadResult.TrailingBytes, s_readers[format]([.. sample, 0]).Result);
        byte[] version = [.. sample];
        version[0] = 0x7F;
        Assert.Equal(ReadResult.UnknownVersion, s_readers[format](version).Result);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_HostileBytes_NeverThrowsAndIsCanonical(string format)
    {
        int accepted = 0, refused = 0;
        HostileBytes.Feed(WireSamples.ByFormat[format], bytes =>
        {
            byte[] copy = bytes.ToArray();
            (ReadResult result, byte[]? again) = s_readers[format](copy);
            if (result == ReadResult.Ok) { accepted++; Assert.Equal(copy, again); }
            else { refused++; Assert.Null(again); }
        });
        Assert.Equal(100_000, accepted + refused);
        Assert.True(refused > 10_000);
    }

    [Fact]
    public void TryRead_HostileAddress_NeverThrows()
    {
        var bytes = new byte[Address.Size];
        bytes[0] = 1;
        HostileBytes.Feed([bytes], mutated => Address.TryRead(mutated, out _));
    }

    [Fact]
    public void TryRead_HugeCounts_AreRefusedBeforeAllocating()
    {
        byte[] header = [.. WireSamples.Instance.Blocks[0]];
        header.AsSpan(1 + ShardHeader.Size - 12, 4).Clear();
        header[1 + ShardHeader.Size - 10] = 1;
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ReadResult.Truncated, ShardBlock.TryRead(header, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000);
    }

    // A change of any of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    [Theory]
    [InlineData("transfer", "207ae58f67f095d4cfae8ddb1ee189622c63d2c71c47338b3cdc8f96d2264ba6")]
    [InlineData("bundle", "76bcadc083691bf466a064e8cc65427923f9963ce015cc8e11df8693835682d1")]
    [InlineData("bundle-proof", "ea49aa9f6f6cf2d53d454e628ba5a339cc000230c4651655d0237711d747f50b")]
    [InlineData("header", "ec03172dd9064fb81d3b7169ac0189796fc7f7b560d64b51df766ec317db5315")]
    [InlineData("block", "f0e135cd3a6a559610f81e0a1f3e37e5b82dc034bff28252eacdf934bc6071ba")]
    [InlineData("certificate", "f675a5ed56967d26033716b69764c8e7eba36dad8535f75809e396d07846e2ec")]
    [InlineData("beacon-block", "404f324180f7faf1fccc3618dd657fd8235e410bfc17a7cece6914749f90638b")]
    [InlineData("state-proof", "395a2ea4814e6156f56bfd4412f361fbf0b7f027f69d6318572632cf04d9ec57")]
    [InlineData("round", "44cd50ec59f9f80ce3a25c44d0203b6cf61d8b467156462271a97797f0a1bfec")]
    [InlineData("genesis", "bbcee88591caef5ab8650a1aa6c51c0ec6831165c66dee95879f39a84171edbc")]
    public void Write_SeededCases_AreFrozen(string format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] sample in WireSamples.ByFormat[format]) hash.AppendData(sample);
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == actual, $"Expected {expected} for {format}, got {actual}.");
    }

    [Fact]
    public void Write_LogFile_IsFrozen()
    {
        var log = new Sharding.Ports.MemoryLogStorage();
        using (InProcessEngine engine = InProcessEngine.Open(TestNetwork.Options(3, log: log)))
        {
            var workload = new Workload(1);
            for (int round = 1; round <= 6; round++)
            {
                workload.Submit(engine, 10);
                engine.RunRound(round, new byte[] { 1 });
            }
        }
        var bytes = new byte[log.Length];
        log.Read(0, bytes);
        string actual = Convert.ToHexStringLower(SHA256.HashData(bytes));
        Assert.True(LogDigest == actual, $"Expected {LogDigest} for log, got {actual}.");
    }
}
