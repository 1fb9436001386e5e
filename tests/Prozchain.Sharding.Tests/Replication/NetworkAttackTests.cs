using Prozchain.Sharding.Beacon;
using Prozchain.Sharding.Consensus;
using Prozchain.Sharding.Execution;
using Prozchain.Sharding.Layout;
using Prozchain.Sharding.Ports;
using Prozchain.Sharding.Replication;
using Prozchain.Sharding.Simulation;
using Prozchain.Sharding.Tests.Support;
using Prozchain.Testing;

namespace Prozchain.Sharding.Tests.Replication;

/// <summary>Lies told to the validators of a whole network, by strangers and by those whose keys they hold.</summary>
public class NetworkAttackTests(ITestOutputHelper output)
{
    private static readonly NodeId s_stranger = new(1 << 24);

    [Fact]
    public void Run_HostileBytesBetweenValidators_AreIgnored()
    {
        using var network = new NetworkWorld(TestSettings.Seed, NetworkTests.Options(2, 8, 3_000));
        var samples = new Dictionary<byte, List<byte[]>>();
        network.World.Observer = (in SimulatedEvent happened, ReadOnlySpan<byte> bytes) =>
        {
            if (happened.Kind != SimulatedEventKind.Received || bytes.Length < 27) return;
            List<byte[]> kind = samples.TryGetValue(bytes[1], out List<byte[]>? known) ? known : samples[bytes[1]] = [];
            if (kind.Count < 50) kind.Add(bytes.ToArray());
        };
        network.World.RunTo(1_500);
        network.World.Observer = null;
        Assert.True(samples.Count >= 4, $"Expected messages of 4 kinds, got {string.Join(", ", samples.Keys)}.");
        byte[][] seeds = [.. samples.Values.SelectMany(kind => kind), .. State(2), .. State(3)];
        int fed = 0;
        HostileBytes.Feed(seeds, bytes =>
        {
            // Also what is not changed, from those who are no validators: the kind, the shard and the run are right then.
            NodeId from = (fed % 3) switch { 0 => s_stranger, 1 => new NodeId(fed % 8), _ => new NodeId(-1) };
            network.World.Inject(from, new NodeId(fed / 3 % 8), fed % 4 == 0 ? seeds[fed / 4 % seeds.Length] : bytes);
            if (++fed % 10 == 0) network.World.RunFor(2);
        }, 5_000);
        network.World.RunTo(16_000);
        NetworkReport report = network.Report();
        output.WriteLine($"{report}");
        Assert.True(report is { Convictions: 0, Freezes: 0, Bank: { IsQuiet: true, Waiting: 0, Transfers: > 20 } }, $"Expected a network at rest, got {report} with seed {TestSettings.Seed}.");

        static byte[][] State(ulong shard) =>
            [.. ((byte[][])[StateMessages.WantState(99), StateMessages.WantBlocks(TestNetwork.Key(1), 1), StateMessages.WantCells(5, default)]).Select(question => NetworkMessage.Write(NetworkMessageKind.State, question, new ShardId(shard)))];
    }

    /// <summary>Two votes of one view for two blocks, in the run that orders the beacon's own blocks, with no other fault anywhere.</summary>
    [Fact]
    public void Run_EquivocationInTheBeaconsOwnRun_Convicts()
    {
        const int Liar = 3;
        using var network = new NetworkWorld(TestSettings.Seed, NetworkTests.Options(2, 8, 3_000));
        network.World.RunTo(3_000);
        BeaconNode beacon = network.NodeOf(0)!.Beacon;
        OrderingInstance run = beacon.InstanceOf(0)!;
        int member = run.Committee.Members.ToList().FindIndex(candidate => candidate.PublicKey.Span.SequenceEqual(new TestSigner(Liar).PublicKey.Span));
        ulong view = beacon.Ordering.View + 2;
        for (int to = 0; to < 8; to++)
        {
            if (to == Liar) continue;
            foreach (int block in (int[])[1, 2]) network.World.Inject(new NodeId(Liar), new NodeId(to), Vote(run, member, view, TestNetwork.Key(block)));
        }
        Assert.True(network.World.RunUntil(_ => network.Report().Convictions > 0, 10_000), $"Expected a conviction, got {network.Report()} with seed {TestSettings.Seed}.");
        ValidatorRecord convicted = Assert.Single(network.State!.Records, record => record.IsConvicted);
        Assert.Equal(new TestSigner(Liar).PublicKey.ToArray(), convicted.PublicKey.ToArray());
        Assert.True(convicted.Stake < 1_000 && network.State.Ledger.Slashed > 0);
    }

    /// <summary>A captured committee that the beacon froze signs on: what it certifies above the last recognised header, no other shard and no beacon takes.</summary>
    [Fact]
    public void Run_CertificateOfAFrozenCommittee_IsRefused()
    {
        using var network = new NetworkWorld(TestSettings.Seed, NetworkTests.Options(2, 16, 6_000));
        ShardId stopped = network.Layout.Shards[0].Id, other = network.Layout.Shards[1].Id;
        network.World.RunTo(3_000);
        BeaconDirectory committees = network.NodeOf(network.CommitteeOf(other)[0].Value)!.Committees;
        ulong epoch = network.State!.Epoch;
        OrderingInstance run = committees.Find(stopped, epoch)!.Instance;
        foreach (NodeId dead in network.CommitteeOf(stopped).Take(2).ToArray()) network.World.Crash(dead);
        Assert.True(network.World.RunUntil(_ => network.Report().Freezes > 0, 20_000), $"Expected a freeze with seed {TestSettings.Seed}.");
        network.World.RunFor(500);
        ulong height = network.HeightOf(stopped) + 20;
        FinalityProof stale = Certify(run, height);
        // To who does not know of the freeze it is as good as any.
        var unaware = new CommitteeDirectory();
        unaware.Add(new ShardCommittee(run, new SignatureListScheme(run.Committee, new TestVerifier(), null), [.. run.Committee.Members.Select((_, i) => new NodeId(i))]));
        Assert.True(new RemoteHeaders(unaware, other).Add(stale));

        int told = 0;
        byte[] header = NetworkMessage.Write(NetworkMessageKind.Shard, new ReplicaWriter().Header(stale), other, source: stopped);
        byte[] anchor = NetworkMessage.Write(NetworkMessageKind.Submission, TestNetwork.Encode(new BeaconBody { Anchors = [stale] }.Write));
        for (int node = 0; node < 16; node++)
        {
            if (network.NodeOf(node) is null) continue;
            network.World.Inject(network.CommitteeOf(other)[1], new NodeId(node), header);
            network.World.Inject(network.CommitteeOf(other)[1], new NodeId(node), anchor);
        }
        network.World.RunFor(100);
        for (int node = 0; node < 16; node++)
        {
            if (network.NodeOf(node)?.NodeOf(other) is not { } replica) continue;
            told++;
            Assert.False(replica.Replica.Remote.TryFind(stopped, height, out _));
            Assert.False(replica.Replica.Remote.Add(stale));
        }
        Assert.True(told >= 4, $"Expected nodes of the other shard, got {told}.");
        network.World.RunFor(4_000);
        Assert.NotEqual(stale.Header.Hash, network.State!.TipOf(stopped).Hash);
        Assert.True(network.State.TipOf(stopped).Height < height);
    }

    private static byte[] Vote(OrderingInstance run, int member, ulong view, Digest subject)
    {
        var share = new byte[65];
        new TestSigner(SignerOf(run, member)).Sign(run.MessageFor(OrderingVoteKind.Notarize, view, subject).Span, share);
        return NetworkMessage.Write(NetworkMessageKind.Beacon, new OrderingWriter().Vote(new VoteView(OrderingVoteKind.Notarize, view, member, subject, share)), epoch: run.Committee.Epoch);
    }

    private static FinalityProof Certify(OrderingInstance run, ulong height)
    {
        var header = new MicroHeader
        {
            Kind = MicroBlockKind.Ordinary, ChainId = run.ChainId, Shard = run.Committee.Shard, Epoch = run.Committee.Epoch, Instance = run.Id, View = height, ParentView = height - 1, Height = height,
            Parent = TestNetwork.Key(8), TimeMs = 5, BodyRoot = MicroBlock.RootOf([]), BodyLength = 0, ReceiptsRoot = TestNetwork.Key(9), WriteDigest = default, StateRoot = default,
        };
        var scheme = new SignatureListScheme(run.Committee, new TestVerifier(), null);
        byte[] message = run.MessageFor(OrderingVoteKind.Finalize, header.View, header.Hash).Span.ToArray(), proof = new byte[scheme.Sizes.MaxCertificate];
        CertificateShare[] shares = [.. Enumerable.Range(0, run.Committee.Members.Count).Select(member =>
        {
            var share = new byte[65];
            new TestSigner(SignerOf(run, member)).Sign(message, share);
            return new CertificateShare(member, share);
        })];
        int length = scheme.Combine(message, shares, proof);
        return FinalityProof.Of([header], new OrderingCertificate(OrderingVoteKind.Finalize, header.View, header.Hash, proof.AsMemory(0, length)));
    }

    private static int SignerOf(OrderingInstance run, int member) =>
        Enumerable.Range(0, 32).First(seed => new TestSigner(seed).PublicKey.Span.SequenceEqual(run.Committee.Members[member].PublicKey.Span));
}
