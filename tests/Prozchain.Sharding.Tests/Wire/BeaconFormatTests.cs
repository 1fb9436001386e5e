using System.Security.Cryptography;
using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Evidence;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Sharding.Wire;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Wire;

/// <summary>The beacon's formats: every reader takes any bytes, takes only the one encoding of a value, and the encodings are frozen.</summary>
public class BeaconFormatTests
{
    private static readonly Dictionary<string, Func<byte[], (ReadResult Result, byte[]? Again)>> s_readers = new()
    {
        ["block"] = bytes => (BeaconBlock.TryRead(bytes, out BeaconBlock? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["header"] = bytes => (BeaconHeader.TryRead(bytes, out BeaconHeader? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["validator-set"] = bytes => (ValidatorSet.TryRead(bytes, out ValidatorSet? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["anchor-proof"] = bytes => (AnchorProof.TryRead(bytes, out AnchorProof? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["output-proof"] = bytes => (BeaconOutputProof.TryRead(bytes, out BeaconOutputProof? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["conviction"] = bytes => (Conviction.TryRead(bytes, out Conviction? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["state"] = bytes => (BeaconState.TryRead(bytes, s_options!, out BeaconState? value), value is null ? null : TestNetwork.Encode(value.Write)),
        ["freeze"] = bytes =>
        {
            ReadResult result = FreezeRecord.TryRead(bytes, out FreezeRecord value);
            return (result, result == ReadResult.Ok ? TestNetwork.Encode(value.Write) : null);
        },
        ["layout"] = bytes =>
        {
            ReadResult result = LayoutRecord.TryRead(bytes, out LayoutRecord value);
            return (result, result == ReadResult.Ok ? TestNetwork.Encode(value.Write) : null);
        },
        ["withdrawal"] = bytes =>
        {
            ReadResult result = WithdrawalReceipt.TryRead(bytes, out WithdrawalReceipt value);
            return (result, result == ReadResult.Ok ? TestNetwork.Encode(value.Write) : null);
        },
    };

    private static readonly Lazy<SortedDictionary<string, List<byte[]>>> s_samples = new(Samples);

    // The state before each sample block, and the rules: filled with the samples.
    private static readonly List<BeaconState> s_states = [];
    private static BeaconOptions? s_options;

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
            Assert.True(s_readers[format](sample[..length]).Result is ReadResult.Truncated or ReadResult.NotCanonical, $"A prefix of {length} bytes was read.");
        Assert.Equal(ReadResult.TrailingBytes, s_readers[format]([.. sample, 0]).Result);
        foreach (byte version in (byte[])[0, 1, 3])
        {
            byte[] other = [.. sample];
            other[0] = version;
            Assert.Equal(ReadResult.UnknownVersion, s_readers[format](other).Result);
        }
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
            count: 20_000);
        Assert.Equal(20_000, accepted + refused);
        Assert.True(refused > 2_000);
    }

    [Fact]
    public void Fold_HostileBlocks_NeverThrows()
    {
        // Blocks that still read are folded into the state that they were made for: what no format excludes, the fold must name.
        List<byte[]> blocks = s_samples.Value["block"];
        var random = new SeededRandom(1);
        var seen = new HashSet<BeaconResult>();
        for (int i = 0; i < 6_000; i++)
        {
            byte[] bytes = HostileBytes.Mutate(blocks[i % blocks.Count], random);
            if (BeaconBlock.TryRead(bytes, out BeaconBlock? block) != ReadResult.Ok) continue;
            BeaconState state = s_states[i % blocks.Count];
            seen.Add(BeaconFold.Apply(s_options!, state, block!, out _).Result);
            // The frame put right, the fault is looked for in the body.
            seen.Add(BeaconFold.Apply(s_options!, state, BeaconFold.Propose(s_options!, state, state.TimeMs + 1, block!.Body), out _).Result);
        }
        Assert.True(seen.Count > 15, string.Join(", ", seen));
    }

    /// <summary>From a state that was written and read, the same blocks lead to the same states, and roots.</summary>
    [Fact]
    public void TryRead_State_GoesOnAsTheOneThatWasWritten()
    {
        BeaconBlock[] blocks = [.. s_samples.Value["block"].Select(bytes => { BeaconBlock.TryRead(bytes, out BeaconBlock? block); return block!; })];
        for (int from = 0; from < blocks.Length; from++)
        {
            Assert.Equal(ReadResult.Ok, BeaconState.TryRead(TestNetwork.Encode(s_states[from].Write), s_options!, out BeaconState? state));
            for (int i = from; i < blocks.Length; i++)
            {
                Assert.Equal((s_states[i].Root(), s_states[i].Tip), (state!.Root(), state.Tip));
                BeaconVerdict verdict = BeaconFold.Apply(s_options!, state, blocks[i], out state);
                Assert.True(verdict.IsValid, $"Block {i} from {from}: {verdict}");
            }
        }
    }

    /// <summary>A state that reads, whatever it was before, has another root, and blocks go on from it without an exception over two epochs.</summary>
    [Fact]
    public void Root_OfAnotherState_Differs()
    {
        List<byte[]> states = s_samples.Value["state"];
        HashSet<Digest> roots = [.. s_states.Append(Read(states[^1])!).Select(state => state.Root())];
        Assert.Equal(states.Count + 1, roots.Count);
        var random = new SeededRandom(2);
        int read = 0;
        for (int i = 0; i < 4_000; i++)
        {
            byte[] bytes = HostileBytes.Mutate(states[i % states.Count], random);
            if (bytes.AsSpan().SequenceEqual(states[i % states.Count]) || Read(bytes) is not { } state) continue;
            read++;
            Assert.DoesNotContain(state.Root(), roots);
            for (int block = 0; block < 12; block++) BeaconFold.Apply(s_options!, state, BeaconFold.Propose(s_options!, state, state.TimeMs, new BeaconBody()), out state);
        }
        Assert.True(read > 50, $"Expected many states that read, got {read}.");

        static BeaconState? Read(byte[] bytes) => BeaconState.TryRead(bytes, s_options!, out BeaconState? state) == ReadResult.Ok ? state : null;
    }

    // A change of any of these is a change of a wire format: it needs a new version byte, and a note in docs/formats.
    [Theory]
    [InlineData("block", "cd8004ee9b5fac16c880551ad59c2dcebebf6974560fa40cc3a32978425a95a4")]
    [InlineData("header", "3a35db8449c45e29c28902f3aba5aeb9bdaf890b872045d787d999fc55d4d870")]
    [InlineData("validator-set", "bcb3b82ead1dae5d355fcb903cc83a908b66af3b685fae6341e10dd04d6a23e8")]
    [InlineData("anchor-proof", "0c07d2551dc056e98e8b1417d951f44746860e7eba5dd09e02ae7a81e4ee2699")]
    [InlineData("output-proof", "000edd8fd2b945fd1bbce1283995f40fc90b74434b49a5c99feb5e0de6697c4e")]
    [InlineData("conviction", "e92a407565217e041103c04fdadc223c1b37fc9a12df42654b816a7edc2c7130")]
    [InlineData("freeze", "8e6d4a53b5afcb5d81ccf222e96b13377bf38e451bade34d6acd10bcfba003ff")]
    [InlineData("state", "fdba24cf6ea67c8bfdea240d08d3481d5314a60679e210393c4c1343f8d81c58")]
    [InlineData("layout", "cf3fee5f0fbc78cf0f3212256f1f232aab285edf8fdc6020b4554e61ae4ed735")]
    [InlineData("withdrawal", "0b24e68beb4adb016da8a93d09001bf386a91b3df8929c2d4021f0cbb59acffb")]
    public void Write_SeededCases_AreFrozen(string format, string expected)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (byte[] sample in s_samples.Value[format]) hash.AppendData(sample);
        string actual = Convert.ToHexStringLower(hash.GetHashAndReset());
        Assert.True(expected == actual, $"Expected {expected} for {format}, got {actual}.");
    }

    private static BeaconWorld World() => new(6, shards: 3, with: options => options with
    {
        StallBlocks = 6, BlocksPerEpoch = 6, Reveals = new RevealRules(new VrfReveals(new TestVrf()), 4), Auditor = new AnyWitness(),
        Registry = new RegistryRules { MinStake = 100, UnbondingEpochs = 2, CorrelationEpochs = 2, ReporterQuotient = 4 },
        Topology = new TopologyRules { Trigger = (_, proposal) => proposal.Claim.Length > 0 },
    });

    // A life in which every list of a block is used.
    private static SortedDictionary<string, List<byte[]>> Samples()
    {
        var samples = new SortedDictionary<string, List<byte[]>>(StringComparer.Ordinal);
        foreach (string format in s_readers.Keys) samples.Add(format, []);
        BeaconWorld world = World();
        s_options = world.Options;
        var split = new TopologyProposal(Sharding.Reshaping.ReshapeAction.Split(world.State.Layout.Shards[2].Id), new byte[] { 1, 2 });
        var statement = new Statement(2, new(1), 0, 5, TestNetwork.Key(9));
        for (int i = 0; i < 20; i++)
        {
            ValidatorSet set = world.State.Validators;
            s_states.Add(world.State);
            BeaconBody body = new() { Anchors = i > 8 ? [] : Anchors(world, i), Records = i % 2 == 0 ? [] : [new ApplicationRecord(7, new byte[i])] };
            body = i switch
            {
                0 => body with { Deposits = [world.Join(200, 500), world.Join(201, 500, signed: false), world.Vouch(Deposit.TopUp(2, BeaconWorld.Key(100), 9, TestNetwork.AddressOf(1)))], Proposals = [split] },
                1 => body with
                {
                    Exits = [world.Exit(101)],
                    Ready = [.. world.State.NextCommittees.Of(split.Action.Shard).Members.Select((member, k) => new Readiness(split.Id, k, world.Say(BeaconWorld.WalletOf(member.PublicKey.Span), split.Ready(0))))],
                },
                10 => body with { Evidence = [world.Twice(102), FaultEvidence.InvalidTransition(statement, [new Accusation(BeaconWorld.Key(103), world.Say(103, statement))], new byte[] { 3, 4 }, TestNetwork.AddressOf(2)), FaultEvidence.Contradiction(BeaconWorld.Key(105), default, 0, new byte[] { 5 }, TestNetwork.AddressOf(2))] },
                _ => body,
            };
            BeaconVerdict verdict = world.Try(body with { Reveals = world.Due() });
            Assert.True(verdict.IsValid, $"Block {i}: {verdict}");
            world.Next(body);
            samples["block"].Add(TestNetwork.Encode(world.Last!.Write));
            samples["header"].Add(TestNetwork.Encode(world.Last.Header.Write));
            samples["state"].Add(TestNetwork.Encode(world.State.Write));
            samples["validator-set"].Add(TestNetwork.Encode(set.Write));
            foreach (var shard in world.State.Layout.Shards)
                if (world.State.ProveAnchor(shard.Id) is { } proof) samples["anchor-proof"].Add(TestNetwork.Encode(proof.Write));
            for (int k = 0; k < world.State.Outputs.Count; k++) samples["output-proof"].Add(TestNetwork.Encode(world.State.Outputs.Prove(k).Write));
            foreach (Conviction conviction in world.State.Outputs.Convictions) samples["conviction"].Add(TestNetwork.Encode(conviction.Write));
            foreach (FreezeRecord record in world.State.Outputs.Freezes) samples["freeze"].Add(TestNetwork.Encode(record.Write));
            if (world.State.Outputs.Layout is { } layout) samples["layout"].Add(TestNetwork.Encode(layout.Write));
            foreach (WithdrawalReceipt receipt in world.State.Outputs.Withdrawals) samples["withdrawal"].Add(TestNetwork.Encode(receipt.Write));
        }
        Assert.Equal(4, world.State.Layout.Shards.Count);
        return samples;
    }

    // All but the first shard, which stalls: over skipped heights, of several headers, and terminal ones where the epoch ends.
    private static FinalityProof[] Anchors(BeaconWorld world, int i) => [.. world.State.Layout.Shards.Skip(1).Select(shard =>
        world.Anchor(shard.Id, headers: 1 + i % 3, skip: (ulong)i % 2, kind: world.Slot == 5 ? MicroBlockKind.Terminal : MicroBlockKind.Ordinary))];

    private sealed class AnyWitness : Sharding.Ports.IFaultAuditor
    {
        public bool IsInvalid(ulong shard, ulong epoch, ulong view, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> witness) => true;

        public bool Contradicts(ReadOnlySpan<byte> publicKey, ulong shard, ulong epoch, ReadOnlySpan<byte> proof) => true;
    }
}
