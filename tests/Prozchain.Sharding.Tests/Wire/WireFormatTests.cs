using System.Security.Cryptography;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.State;
using Prozchain.Sharding.Tests.Replication;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>Proofs of a shard's state: every reader takes any bytes, takes only the one encoding of a value, and the encodings are frozen.</summary>
public class WireFormatTests
{
    private static readonly Dictionary<string, Func<byte[], (ReadResult Result, byte[]? Again)>> s_readers = new()
    {
        ["state-proof"] = bytes => (StateProof.TryRead(bytes, out StateProof? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["account-proof"] = bytes => (AccountProof.TryRead(bytes, out AccountProof? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["machine-state"] = bytes => (MachineState.TryRead(bytes, out MachineState? value), value is null ? null : TestNetwork.Encode(value.Write)),
    };

    private static readonly Lazy<Dictionary<string, List<byte[]>>> s_samples = new(Samples);

    public static TheoryData<string> Formats => [.. s_readers.Keys];

    [Theory]
    [MemberData(nameof(Formats))]
    public void TryRead_ValidEncoding_RoundTrips(string format)
    {
        Assert.NotEmpty(s_samples.Value[format]);
        foreach (byte[] sample in s_samples.Value[format])
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
        byte[] sample = s_samples.Value[format].MaxBy(bytes => bytes.Length)!;
        for (int length = 0; length < sample.Length; length++)
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
        HostileBytes.Feed(
            s_samples.Value[format],
            bytes =>
            {
                byte[] copy = bytes.ToArray();
                (ReadResult result, byte[]? again) = s_readers[format](copy);
                if (result == ReadResult.Ok) { accepted++; Assert.Equal(copy, again); }
                else { refused++; Assert.Null(again); }
            },
            count: 50_000);
        Assert.Equal(50_000, accepted + refused);
        Assert.True(refused > 5_000);
    }

    [Fact]
    public void TryRead_HostileAddress_NeverThrows()
    {
        var bytes = new byte[Address.Size];
        bytes[0] = 1;
        HostileBytes.Feed([bytes], mutated => Address.TryRead(mutated, out _));
    }

    // A change of any of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    [Theory]
    [InlineData("state-proof", "3e34a756a47f02ef1235c364fb689f775b58c4faa77da90f502ae676509d9926")]
    [InlineData("account-proof", "3b496ab082fc2d79c091d55d7fdeee3d2bc429826ba860952142bced1b01b683")]
    [InlineData("machine-state", "e5843f41527c196acf7b5084e08eebb739403756d496f9ff95254387316fe741")]
    public void Write_SeededCases_AreFrozen(string format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] sample in s_samples.Value[format]) hash.AppendData(sample);
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == actual, $"Expected {expected} for {format}, got {actual}.");
    }

    // Two shards with accounts, receipts on their way and an open swap.
    private static Dictionary<string, List<byte[]>> Samples()
    {
        Dictionary<string, List<byte[]>> samples = s_readers.Keys.ToDictionary(format => format, _ => new List<byte[]>());
        var world = new MachineWorld();
        int[] wallets = [.. Enumerable.Range(0, 12).Select(i => MachineWorld.Wallet(i % 2, i / 2))];
        foreach (MachineWorld.Shard shard in world.Shards) shard.Fund(1_000, [.. wallets.Where((_, i) => world.Shards[i % 2] == shard)]);
        ProvenReceipt[] heard = [];
        for (int round = 0; round < 3; round++)
        {
            MachineWorld.Shard shard = world.Shards[round % 2];
            int from = wallets[round % 2], to = wallets[1 - round % 2];
            ShardStep step = shard.Step(heard, [MachineWorld.Swap(from, 3, to, 4, shard.TimeMs)], TransferView.Sign(TestNetwork.Wallet(from), TestNetwork.ChainId, TestNetwork.AddressOf(to), 5, (ulong)(round / 2), shard.TimeMs + 900));
            heard = shard.Said(step);
            samples["machine-state"].Add(TestNetwork.Encode(shard.State.Write));
            foreach (int wallet in wallets.Append(MachineWorld.Wallet(round % 2, 9)).Where(wallet => shard.Machine.Shard.Contains(MachineWorld.CellOf(wallet))))
            {
                AccountProof proof = AccountProof.Of(shard.Cells, shard.State, TestNetwork.AddressOf(wallet));
                Assert.True(proof.Holds(shard.State.StateRoot(shard.Cells.Root), shard.Machine.Shard));
                samples["account-proof"].Add(TestNetwork.Encode(proof.Write));
                samples["state-proof"].Add(TestNetwork.Encode(proof.Proof.Write));
            }
        }
        foreach (MachineWorld.Shard shard in world.Shards) shard.Dispose();
        return samples;
    }
}
